package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.conformance.replay.Recording;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server as it is delivered: what it practises after its start, and what is to be seen of it. */
class WarmUpIT {
  private static final String NODE_ID = "e0000000-0000-4000-8000-000000000002";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * As if the second compiler, which a warm-up is for, were there, though only the first one works:
   * it is through after few rounds. What else runs on the machine is not waited for.
   */
  private static final String EAGER =
      "-XX:TieredStopAtLevel=4 -XX:CompilationMode=quick-only"
          + " -Dhanse.warm-up.beside-others=true";

  @TempDir Path folder;

  private AgentProcess server;

  @AfterEach
  void stop() {
    Optional.ofNullable(server).ifPresent(AgentProcess::close);
  }

  private void start(boolean warmsUp, String jvmFlags) {
    Recording.Agent alone =
        new Recording.Agent(
            "alone",
            NODE_ID,
            Map.of(
                "bootstrap_expect",
                1,
                "log_level",
                "DEBUG",
                "performance",
                Map.of("warm_up", warmsUp)));
    server =
        AgentProcess.launch(
            AgentProcess.program(), folder, alone, false, AgentProcess.freePorts(), jvmFlags);
    server.awaitReady();
  }

  /** The one that it says when it is over, in whatever way. */
  private String awaitWord() {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> server.log().lines().filter(line -> line.contains("warm-up ")).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void shouldPractiseToTheEndWithoutATrace() throws Exception {
    start(true, EAGER);

    assertThat(awaitWord()).contains("warm-up done rounds=");

    assertThat(server.answer("GET", "/v1/peerings", "").items()).isEmpty();
    assertThat(server.answer("GET", "/v1/catalog/services", "").fields())
        .containsOnlyKeys("consul");
    assertThat(server.log())
        .as("what is told of the practised clusters")
        .doesNotContain("exporter", "importer");
  }

  @Test
  void shouldLeaveItOutWhereNoCompilerGainsByIt() {
    start(true, "");

    assertThat(awaitWord()).contains("warm-up ended early cause=\"no compiler optimises\"");
  }

  @Test
  void shouldLeaveItOutWhereItIsToldTo() {
    start(false, EAGER);
    await().atMost(PATIENCE).until(server::log, log -> log.contains("agent ready"));
    // One that was on its way would say that it ends.
    server.close();

    assertThat(server.log()).doesNotContain("warm-up ");
  }
}
