package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class YieldingCompilersTest {
  /** Of the numbers in {@code stat}, counted behind the name: proc(5) calls it the 41st. */
  private static final int POLICY = 38;

  @Test
  void shouldHaveThoseOfThisJvmGiveWay() throws IOException {
    assumeTrue(ThreadScheduling.find().isPresent(), "this process may not take back what it gives");
    try (YieldingCompilers compilers = YieldingCompilers.begin()) {
      // A busy machine gives them their share, and takes it back sooner or later.
      await().until(() -> policies().contains("5"));
      assertThat(compilers).isNotNull();
    }
    await().until(() -> policies().equals(Set.of("0")));
  }

  private static Set<String> policies() throws IOException {
    Set<String> policies = new HashSet<>();
    for (int thread : new CompilerThreads().waitedNanos().keySet()) {
      String stat = Files.readString(Path.of("/proc/self/task/" + thread + "/stat"));
      policies.add(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[POLICY]);
    }
    return policies;
  }
}
