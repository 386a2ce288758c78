package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
  private static final String TD = "11111111-2222-3333-4444-555555555555.consul";
  private static final TrustDomain DOMAIN = new TrustDomain(TD);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ns/default/dc/dc1/svc/web",
        "/ap/part1/ns/default/dc/dc1/svc/web",
        "/agent/client/dc/dc1/id/node-7",
        "/gateway/mesh/dc/dc1",
        "/agent/server/dc/dc1",
        "",
        "/ns/default/dc/dc_1/svc/a%20b",
        "/ns/default/dc/dc1/svc/a+b"
      })
  void shouldKeepText(String path) {
    String text = "spiffe://" + TD + path;
    assertThat(SpiffeId.parse(text).uri()).isEqualTo(text);
  }

  @Test
  void shouldWriteEachKind() {
    assertThat(SpiffeId.service(DOMAIN, "dc1", "web"))
        .hasToString("spiffe://" + TD + "/ns/default/dc/dc1/svc/web");
    assertThat(SpiffeId.meshGateway(DOMAIN, "dc1"))
        .hasToString("spiffe://" + TD + "/gateway/mesh/dc/dc1");
    assertThat(SpiffeId.server(DOMAIN, "dc1"))
        .hasToString("spiffe://" + TD + "/agent/server/dc/dc1");
    assertThat(SpiffeId.signing(DOMAIN)).hasToString("spiffe://" + TD);
    assertThat(DOMAIN.serverName("dc1")).isEqualTo("server.dc1.peering." + TD);
    assertThat(TrustDomain.isServerName(DOMAIN.serverName("internal"))).isTrue();
    assertThat(TrustDomain.isServerName("db.default.dc1.internal." + TD)).isFalse();
    assertThat(TrustDomain.isServerName("server.default.peering.internal." + TD)).isFalse();
  }

  @Test
  void shouldDecodeSegmentsOnTheirOwn() {
    SpiffeId id = SpiffeId.parse("spiffe://" + TD + "/ns/default/dc/dc1/svc/a%2Fb");
    assertThat(id.name()).isEqualTo("a/b");
    assertThat(id.uri()).isEqualTo("spiffe://" + TD + "/ns/default/dc/dc1/svc/a%2Fb");
  }

  @Test
  void shouldRefuseInConsulsWords() {
    assertThatThrownBy(() -> SpiffeId.parse("http://x/ns/default/dc/dc1/svc/web"))
        .hasMessage("SPIFFE ID must have 'spiffe' scheme");
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://x/foo/bar"))
        .hasMessage("SPIFFE ID is not in the expected format: spiffe://x/foo/bar");
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://x/ns//dc/dc1/svc/web"))
        .hasMessageStartingWith("SPIFFE ID is not in the expected format");
  }

  @Property(tries = 500)
  void shouldReadWhatItWrites(@ForAll @StringLength(min = 1, max = 20) String service) {
    // A lone surrogate has no UTF-8.
    if (new String(
            service.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            java.nio.charset.StandardCharsets.UTF_8)
        .equals(service)) {
      SpiffeId id = SpiffeId.service(DOMAIN, "dc1", service);
      assertThat(SpiffeId.parse(id.uri())).isEqualTo(id);
    }
  }
}
