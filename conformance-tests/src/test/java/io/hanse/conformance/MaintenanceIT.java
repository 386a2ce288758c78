package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is taken out of use is called by nobody, in its own cluster and in that of a peer. */
class MaintenanceIT extends TwoMeshes {
  @BeforeEach
  void start() throws IOException {
    ofAlpha.startGateway();
    ofBeta.startGateway();
    PeerCluster.peer(alpha, beta);
    ofAlpha.startSidecar(beta);
    ofBeta.startSidecar(alpha);
    alpha.export(beta);
    beta.export(alpha);
    beta.json(
        "POST",
        "/v1/query",
        "{\"Name\":\"there\",\"Service\":{\"Service\":\"%s\",\"Peer\":\"%s\"}}"
            .formatted(alpha.service(), beta.callOf(alpha)));
  }

  private CommandRun.Result maint(String... flags) {
    List<String> line = new ArrayList<>(List.of("maint", "-http-addr=" + alpha.home.at("http")));
    line.addAll(List.of(flags));
    return new CommandRun().run(line.toArray(String[]::new));
  }

  private List<Value> queried() throws IOException {
    return beta.json("GET", "/v1/query/there/execute", "").at("Nodes").items();
  }

  private List<Value> passing() throws IOException {
    return beta.json(
            "GET",
            "/v1/health/service/" + alpha.service() + "?passing&peer=" + beta.callOf(alpha),
            "")
        .items();
  }

  private void awaitUse() throws IOException {
    beta.awaitImport(alpha, "passing");
    ofBeta.awaitCall(alpha);
    ofAlpha.awaitCall(beta);
    assertThat(queried()).hasSize(1);
    assertThat(passing()).hasSize(1);
  }

  private void awaitNoUse() throws IOException {
    beta.awaitImport(alpha, "maintenance");
    assertThat(queried()).isEmpty();
    assertThat(passing()).isEmpty();
    ofBeta.awaitNoCall();
  }

  @Test
  void shouldSendNobodyToAServiceThatIsInMaintenance() throws IOException {
    awaitUse();

    assertThat(maint("-enable", "-service=app", "-reason=new disk").out())
        .isEqualTo("Service maintenance is now enabled for \"app\"\n");
    awaitNoUse();
    ofAlpha.awaitCall(beta);
    assertThat(explained())
        .contains("!!  none of its 1 instances passes: check ", " is maintenance");

    alpha.restart();
    assertThat(maint().out()).isEqualTo("Service:\n  ID:     app\n  Reason: new disk\n\n");
    awaitNoUse();

    maint("-disable", "-service=app");
    awaitUse();

    maint("-enable");
    awaitNoUse();
    maint("-disable");
    awaitUse();
  }

  private String explained() {
    return new CommandRun()
        .run(
            "peering",
            "explain",
            "-http-addr=" + beta.home.at("http"),
            "-name=" + beta.callOf(alpha),
            "-service=" + alpha.service())
        .out();
  }
}
