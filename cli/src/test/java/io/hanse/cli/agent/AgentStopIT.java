package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.config.AgentConfig;
import io.hanse.raft.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentStopIT {
  private static final String FIRST = "11111111-1111-4111-8111-111111111111";
  private static final String OTHER = "22222222-2222-4222-8222-222222222222";

  @TempDir private Path folder;

  private AgentConfig config(String nodeId) throws IOException {
    return LoneServer.config(folder, "node_id = \"" + nodeId + "\"");
  }

  @Test
  void shouldGiveTheDirectoryBackBehindAllThatUseIt() throws Exception {
    AgentAssembly agent = AgentAssembly.start(config(FIRST));
    try {
      assertThat(agent.ends())
          .startsWith("warm-up", "leadership", "http")
          .containsSubsequence("peering", "replication", "threads", "store", "lock")
          .endsWith("lock", "data folder");
      assertThatThrownBy(() -> DirectoryLock.take(folder)).hasMessageContaining("is in use");
    } finally {
      agent.close();
    }
    assertThat(agent.ends()).isEmpty();
    DirectoryLock.take(folder).close();
  }

  @Test
  void shouldNotWarmUpWhereItIsSwitchedOff() throws Exception {
    AgentConfig config = LoneServer.config(folder, "performance { warm_up = false }");
    try (AgentAssembly agent = AgentAssembly.start(config)) {
      assertThat(agent.ends()).contains("http").doesNotContain("warm-up");
    }
  }

  @Test
  void shouldLeaveTheDirectoryOfAnotherThatRunsAsItIs() throws Exception {
    try (AgentAssembly agent = AgentAssembly.start(config(FIRST))) {
      assertThatThrownBy(() -> AgentAssembly.start(config(OTHER)))
          .hasMessageContaining("is in use by another running server");
      assertThat(Files.readString(folder.resolve("node-id"))).isEqualTo(FIRST);
      assertThat(agent.ends()).isNotEmpty();
    }
  }
}
