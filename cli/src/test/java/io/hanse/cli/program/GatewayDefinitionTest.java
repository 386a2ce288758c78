package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.hanse.cli.value.Value;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an agent is told of a gateway's check from its start to its end. */
class GatewayDefinitionTest {
  private static GatewayDefinition at(String host) {
    InetSocketAddress address = InetSocketAddress.createUnresolved(host, 8443);
    return new GatewayDefinition("gw", address, address, Map.of(), "6h");
  }

  private static Map<String, String> texts(Value value) {
    Map<String, String> texts = new TreeMap<>();
    value.fields().forEach((key, each) -> texts.put(key, each.text()));
    return texts;
  }

  @Test
  void shouldBeLookedAtSoonUntilItListens() {
    GatewayDefinition gateway = at("192.0.2.5");
    assertThat(texts(gateway.starting().at("Check")))
        .containsOnly(
            entry("Name", "Mesh Gateway Listening"),
            entry("TCP", "192.0.2.5:8443"),
            entry("Interval", "1s"),
            entry("DeregisterCriticalServiceAfter", "6h"));
    assertThat(texts(gateway.settled().at("Check"))).containsEntry("Interval", "10s");
  }

  /** Its listening says nothing, until it lasts for longer than that of one that stops. */
  @Test
  void shouldBeCriticalWhileItStopsThoughItListens() {
    assertThat(texts(at("192.0.2.5").leaving()))
        .containsOnly(
            entry("CheckID", "service:gw"),
            entry("ServiceID", "gw"),
            entry("Name", "Mesh Gateway Listening"),
            entry("TCP", "192.0.2.5:8443"),
            entry("Interval", "1s"),
            entry("SuccessBeforePassing", "15"),
            entry("Status", "critical"),
            entry("Notes", "The gateway was told to stop."),
            entry("DeregisterCriticalServiceAfter", "6h"));
  }

  @Test
  void shouldBeCriticalOnceItStoppedUntilItListensAgain() {
    assertThat(texts(at("192.0.2.5").stopped()))
        .containsOnly(
            entry("CheckID", "service:gw"),
            entry("ServiceID", "gw"),
            entry("Name", "Mesh Gateway Listening"),
            entry("TCP", "192.0.2.5:8443"),
            entry("Interval", "10s"),
            entry("Status", "critical"),
            entry("DeregisterCriticalServiceAfter", "6h"));
  }

  /** By a status of its own the check would pass, or not, before it looked. */
  @Test
  void shouldKeepWhatWasFoundWhereOnlyTheCheckIsPutBack() {
    assertThat(texts(at("192.0.2.5").check()))
        .containsEntry("TCP", "192.0.2.5:8443")
        .containsEntry("Interval", "10s")
        .doesNotContainKey("Status");
  }

  @Test
  void shouldBeDialedByTheAgentWhereverItListens() {
    assertThat(texts(at("").check())).containsEntry("TCP", "127.0.0.1:8443");
    assertThat(texts(at("2001:db8::5").check())).containsEntry("TCP", "[2001:db8::5]:8443");
  }
}
