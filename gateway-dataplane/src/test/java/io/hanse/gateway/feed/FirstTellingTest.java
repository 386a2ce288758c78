package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.protocol.ListParts;
import io.hanse.peering.protocol.ProxyResources;
import org.junit.jupiter.api.Test;

class FirstTellingTest {
  private final FirstTelling telling = new FirstTelling(ProxyResources.MESH_GATEWAY);

  private void list(String id) {
    telling.told(ProxyResources.LIST, id);
  }

  @Test
  void shouldTakeNoWordThatAServerLivesForMore() {
    assertThat(telling.goesOn(200)).isFalse();
    assertThat(telling.goesOn(400)).isFalse();
  }

  @Test
  void shouldGoOnWhileAnythingComes() {
    telling.told(ProxyResources.ENDPOINTS, "web");
    assertThat(telling.goesOn(100)).isTrue();
    assertThat(telling.goesOn(100 + (4 << 10))).as("a part of a message").isTrue();
    assertThat(telling.goesOn(200 + (4 << 10))).isFalse();
  }

  @Test
  void shouldBeWholeOnceEachKindIsListed() {
    list("ProxyConfig");
    list("Endpoints");
    list(ListParts.id("Route", 0));
    list("Intentions");
    assertThat(telling.isWhole()).isFalse();
    list("Route");
    assertThat(telling.isWhole()).isTrue();
  }
}
