package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.ExportProblem;
import io.hanse.fsm.row.ImportProblem;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.StreamStatus;
import io.hanse.http.ApiFixture;
import io.hanse.http.RawClient.Response;
import io.hanse.http.metrics.Metric;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsIT {
  private final ApiFixture fixture = new ApiFixture(HttpSettings.DEFAULTS);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void shouldTellWhatIsHeldAndHowEachPeeringFares() {
    fixture.put(
        "/v1/catalog/register",
        "{\"Node\":\"n1\",\"Address\":\"10.0.0.1\",\"Service\":{\"Service\":\"web\"}}");
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"beta\"}");

    String json = fixture.get("/v1/agent/metrics").text();
    assertThat(json)
        .contains("{\"Name\":\"consul.state.service_instances\",\"Value\":1,\"Labels\":{}}")
        .contains("\"consul.server.isLeader\",\"Value\":1,")
        .contains("\"hanse.peering.contents_bytes\",\"Value\":7,")
        .containsPattern("consul.peering.healthy\",\"Value\":0,.*\"peer_name\":\"beta\"");
  }

  @Test
  void shouldTellOfAPeeringWhatItsDetailSays() {
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"beta\"}");
    PeeringDetail.Builder detail =
        PeeringDetail.newBuilder()
            .setUnacknowledged(4)
            .setPendingImports(5)
            .setUnconfirmedImports(6)
            .setOldestImportAge(seconds(70))
            .setSilence(seconds(80))
            .setWithdrawnSince(Timestamp.newBuilder().setSeconds(1_700_000_000));
    for (int i = 0; i < 8; i++) {
      detail.addExportProblems(ExportProblem.newBuilder().setResource("e" + i));
    }
    for (int i = 0; i < 9; i++) {
      detail.addImportProblems(ImportProblem.newBuilder().setResource("i" + i));
    }
    fixture.peerings.streamsAre(
        stored ->
            stored.toBuilder()
                .setState(PeeringState.ACTIVE)
                .setStreamStatus(
                    StreamStatus.newBuilder()
                        .addAllExportedServices(List.of("a", "b"))
                        .addAllImportedServices(List.of("a", "b", "c")))
                .setDetail(detail)
                .build());

    Map<Metric, Integer> told = new EnumMap<>(Metric.class);
    told.put(Metric.PEERING_HEALTHY, 1);
    told.put(Metric.EXPORTED_SERVICES, 2);
    told.put(Metric.IMPORTED_SERVICES, 3);
    told.put(Metric.UNACKNOWLEDGED, 4);
    told.put(Metric.PENDING_IMPORTS, 5);
    told.put(Metric.UNCONFIRMED_IMPORTS, 6);
    told.put(Metric.OLDEST_IMPORT_SECONDS, 70);
    told.put(Metric.SILENCE_SECONDS, 80);
    told.put(Metric.EXPORT_PROBLEMS, 8);
    told.put(Metric.IMPORT_PROBLEMS, 9);
    told.put(Metric.WITHDRAWN, 1);
    told.put(Metric.WITHDRAWN_SERVICES, 3);
    assertTold(told);
    assertThat(told.keySet())
        .as("all that is told of peerings")
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Metric.values())
                .filter(each -> each.dotted().contains(".peering."))
                .filter(each -> each != Metric.CONTENTS_BYTES)
                .toList());

    fixture.peerings.streamsAre(
        stored -> stored.toBuilder().setState(PeeringState.FAILING).build());
    told.replaceAll((metric, value) -> 0);
    told.keySet().removeAll(List.of(Metric.SILENCE_SECONDS, Metric.OLDEST_IMPORT_SECONDS));
    assertTold(told);
    assertThat(fixture.get("/v1/agent/metrics").text())
        .doesNotContain(Metric.SILENCE_SECONDS.dotted(), Metric.OLDEST_IMPORT_SECONDS.dotted());
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).setNanos(999_999_999).build();
  }

  private void assertTold(Map<Metric, Integer> told) {
    String json = fixture.get("/v1/agent/metrics").text();
    String text = fixture.get("/v1/agent/metrics?format=prometheus").text();
    told.forEach(
        (metric, value) -> {
          assertThat(json)
              .containsPattern(
                  "\"Name\":\"%s\",\"Value\":%d,\"Labels\":\\{\"peer_id\":\"[0-9a-f-]+\",\"peer_name\":\"beta\"}"
                      .formatted(metric.dotted(), value));
          assertThat(text)
              .containsPattern(
                  "(?m)^%s\\{peer_id=\"[0-9a-f-]+\",peer_name=\"beta\"} %d$"
                      .formatted(metric.plain(), value));
        });
  }

  @Test
  void shouldSpeakToPrometheus() {
    Response text = fixture.get("/v1/agent/metrics?format=prometheus");
    assertThat(text.header("Content-Type")).startsWith("text/plain; version=0.0.4");
    assertThat(text.text())
        .contains("# TYPE consul_state_nodes gauge\nconsul_state_nodes ")
        .contains("\nhanse_state_rows ");
  }
}
