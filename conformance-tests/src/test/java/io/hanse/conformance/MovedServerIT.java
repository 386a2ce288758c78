package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.JsonText;
import io.hanse.conformance.replay.Recording;
import io.hanse.http.RawClient.Response;
import io.hanse.peering.PeeringToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that comes back on other ports: what it says of itself to other clusters. */
class MovedServerIT {
  private static final String TOKEN = "/v1/peering/token";
  private static final String NODE_ID = "e0000000-0000-4000-8000-000000000001";

  @TempDir Path folder;

  @Test
  void shouldNameItsNewPortInTheFirstTokenThatItMakes() throws Exception {
    Recording.Agent alpha =
        new Recording.Agent("alpha", NODE_ID, Map.of("datacenter", "dc1", "bootstrap_expect", 1));
    AgentProcess server =
        AgentProcess.start(AgentProcess.program(), folder, alpha, /* isDev= */ false);
    try {
      server.answer("POST", TOKEN, "{\"PeerName\":\"beta\"}");
      server.close();
      server.moveTo("127.0.0.1", AgentProcess.freePorts());
      server.startAgain();
      Response first =
          await()
              .atMost(Duration.ofSeconds(60))
              .pollInterval(Duration.ofMillis(20))
              .ignoreExceptions()
              .until(
                  () -> server.send("POST", TOKEN, "{\"PeerName\":\"beta\"}"),
                  answer -> answer.status() == 200);
      String token = JsonText.parse(first.text()).at("PeeringToken").text();
      assertThat(PeeringToken.decode(token).addresses()).containsExactly(server.at("grpc_tls"));
    } finally {
      server.close();
    }
  }
}
