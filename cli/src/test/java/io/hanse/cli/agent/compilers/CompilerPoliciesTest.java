package io.hanse.cli.agent.compilers;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.agent.compilers.ThreadScheduling.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerPoliciesTest {
  @TempDir private Path process;

  private Path tasks;
  private CompilerPolicies policies;

  @BeforeEach
  void begin() throws IOException {
    tasks = Files.createDirectory(process.resolve("task"));
    policies = new CompilerPolicies(new CompilerThreads(tasks), new CompilerShare(0));
    Path thread = Files.createDirectory(tasks.resolve("8"));
    Files.writeString(thread.resolve("comm"), "C1 CompilerThre\n");
    Files.writeString(thread.resolve("stat"), "8 (C1 CompilerThre) S 1\n");
    Files.writeString(thread.resolve("schedstat"), "100 20 3\n");
  }

  @Test
  void shouldLeaveCompilersTheirShareWhileItCannotLook() throws IOException {
    assertThat(policies.look(1)).isEqualTo(Map.of(8, Policy.IDLE));
    Path hidden = Files.move(tasks, process.resolve("hidden"));
    assertThat(policies.look(2)).isEqualTo(Map.of(8, Policy.NORMAL));
    Files.move(hidden, tasks);
    assertThat(policies.look(3)).isEqualTo(Map.of(8, Policy.IDLE));
  }

  @Test
  void shouldLeaveThemTheirShareInTheEnd() {
    policies.look(1);
    assertThat(policies.ofShare()).isEqualTo(Map.of(8, Policy.NORMAL));
  }
}
