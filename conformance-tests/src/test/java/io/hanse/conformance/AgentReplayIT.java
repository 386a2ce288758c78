package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.conformance.replay.Recording;
import io.hanse.conformance.replay.Replayer;
import io.hanse.conformance.replay.Replayer.Outcome;
import io.hanse.conformance.replay.SkipList;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recordings of a real Consul against whole agents of the distribution. */
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
class AgentReplayIT {
  private static final SkipList SKIPS = SkipList.load("skip.txt", "skip-with-agent.txt");

  @TempDir Path folder;

  /** The number of lines may only grow. The longest begins first. */
  @ParameterizedTest
  @CsvSource({
    "peering,151",
    "agent-checks,38",
    "agent-maintenance,46",
    "agent-misc,15",
    "agent-services,80",
    "blocking,9",
    "encoding-dev,16",
    "errors-not-dev,8",
    "peering-disabled,5"
  })
  void shouldAnswerAsConsulDid(String file, int replayedMin) {
    Path bin = AgentProcess.program();
    Outcome outcome =
        Replayer.replay(
            Recording.load(file),
            SKIPS,
            Replayer.Indexes.LENIENT,
            (agent, isDev) -> AgentProcess.start(bin, folder, agent, isDev));
    assertThat(outcome.differences()).isEmpty();
    assertThat(outcome.replayed()).isGreaterThanOrEqualTo(replayedMin);
  }
}
