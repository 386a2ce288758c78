package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

class YieldingCompilersTest {
  /** Of the numbers in {@code stat}, counted behind the name: proc(5) calls it the 41st. */
  private static final int POLICY = 38;

  /** A busy machine gives them their share, for 16 s at most, and takes it back for a moment. */
  private static final ConditionFactory BUSY_MACHINE =
      await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));

  @Test
  void shouldHaveThoseOfThisJvmGiveWay() throws IOException {
    assumeTrue(ThreadScheduling.find().isPresent(), "this process may not take back what it gives");
    try (YieldingCompilers compilers = YieldingCompilers.begin()) {
      BUSY_MACHINE.until(() -> policies().contains("5"));
      assertThat(compilers).isNotNull();
    }
    BUSY_MACHINE.until(() -> policies().equals(Set.of("0")));
  }

  private static Set<String> policies() throws IOException {
    Set<String> policies = new HashSet<>();
    for (int thread : new CompilerThreads().waitedNanos(0).keySet()) {
      Path stat = Path.of("/proc/self/task/" + thread + "/stat");
      try {
        String shown = Files.readString(stat);
        policies.add(shown.substring(shown.lastIndexOf(')') + 2).split(" ", -1)[POLICY]);
      } catch (IOException e) {
        assertThat(stat).as("one that has ended").doesNotExist();
      }
    }
    return policies;
  }
}
