package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.ApiFixture;
import io.hanse.http.RawClient.Response;
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
  void shouldSpeakToPrometheus() {
    Response text = fixture.get("/v1/agent/metrics?format=prometheus");
    assertThat(text.header("Content-Type")).startsWith("text/plain; version=0.0.4");
    assertThat(text.text())
        .contains("# TYPE consul_state_nodes gauge\nconsul_state_nodes ")
        .contains("\nhanse_state_rows ");
  }
}
