package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerAddressesTest {
  private static String hostOf(int length) {
    return "h".repeat(length) + ":65535";
  }

  @Test
  void shouldTakeTheLongestNameThatThereIs() {
    assertThatCode(() -> ServerAddresses.check(Collections.nCopies(256, hostOf(253))))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseALongerOneWithoutRepeatingIt() {
    assertThatThrownBy(() -> ServerAddresses.check(List.of(hostOf(900_000))))
        .hasMessage("a peering server address of 900006 characters, more than 259");
  }

  @Test
  void shouldRefuseMoreThanAnyClusterHasServers() {
    assertThatThrownBy(() -> ServerAddresses.check(Collections.nCopies(257, hostOf(1))))
        .hasMessage("257 server addresses, more than 256");
  }
}
