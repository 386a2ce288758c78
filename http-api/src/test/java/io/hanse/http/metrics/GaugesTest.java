package io.hanse.http.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GaugesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void shouldWriteConsulsJson() {
    Gauges gauges = new Gauges();
    gauges.add(Metric.NODES, 3);
    gauges.add(Metric.PEERING_HEALTHY, 2, Map.of("peer_name", "beta", "peer_id", "1"));
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    JsonWriter.write(json, false, out -> gauges.writeJson(out, NOW));

    assertThat(json.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"Timestamp\":\"2026-01-02 03:04:05 +0000 UTC\",\"Gauges\":["
                + "{\"Name\":\"consul.peering.healthy\",\"Value\":2,"
                + "\"Labels\":{\"peer_id\":\"1\",\"peer_name\":\"beta\"}},"
                + "{\"Name\":\"consul.state.nodes\",\"Value\":3,\"Labels\":{}}],"
                + "\"Points\":[],\"Counters\":[],\"Samples\":[]}");
  }

  @Test
  void shouldWriteTheTextOfPrometheusAndEscapeLabels() {
    Gauges gauges = new Gauges();
    gauges.add(Metric.LEADS, 1);
    gauges.add(Metric.SILENCE_SECONDS, 2, Map.of("peer_name", "a\"\\\nb"));

    assertThat(gauges.prometheus())
        .isEqualTo(
            """
            # HELP consul_server_isLeader 1 while this server leads, else 0.
            # TYPE consul_server_isLeader gauge
            consul_server_isLeader 1
            # HELP hanse_peering_silence_seconds Seconds since the peer was heard last.
            # TYPE hanse_peering_silence_seconds gauge
            hanse_peering_silence_seconds{peer_name="a\\"\\\\\\nb"} 2
            """);
  }
}
