package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.config.AgentConfigReader;
import io.hanse.raft.DirectoryLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentStopIT {
  private static final String FIRST = "11111111-1111-4111-8111-111111111111";
  private static final String OTHER = "22222222-2222-4222-8222-222222222222";

  @TempDir private Path folder;

  /** Ports that were free at once. */
  private static List<Integer> ports(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  private AgentConfig config(String nodeId) throws IOException {
    List<Integer> ports = ports(4);
    String text =
        """
        server = true
        bootstrap_expect = 1
        bind_addr = "127.0.0.1"
        data_dir = "%s"
        node_id = "%s"
        ports { http = %d server = %d serf_lan = %d grpc_tls = %d }
        """
            .formatted(folder, nodeId, ports.get(0), ports.get(1), ports.get(2), ports.get(3));
    return AgentConfigReader.read(
        new AgentConfigReader.Sources(false, List.of(), "", List.of(), List.of(text), folder));
  }

  @Test
  void shouldGiveTheDirectoryBackBehindAllThatUseIt() throws Exception {
    AgentAssembly agent = AgentAssembly.start(config(FIRST));
    try {
      assertThat(agent.ends())
          .startsWith("http")
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
  void shouldLeaveTheDirectoryOfAnotherThatRunsAsItIs() throws Exception {
    try (AgentAssembly agent = AgentAssembly.start(config(FIRST))) {
      assertThatThrownBy(() -> AgentAssembly.start(config(OTHER)))
          .hasMessageContaining("is in use by another running server");
      assertThat(Files.readString(folder.resolve("node-id"))).isEqualTo(FIRST);
      assertThat(agent.ends()).isNotEmpty();
    }
  }
}
