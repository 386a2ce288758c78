package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.raft.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connection of a server of Ratis to another one, which is none. */
class RatisNeighboursTest {
  private static final RaftPeerId US = RaftPeerId.valueOf("us");
  private static final RaftPeerId OTHER = RaftPeerId.valueOf("other");

  @TempDir Path folder;

  private InetSocketAddress address;
  private RaftServer server;

  @BeforeEach
  void start() throws Exception {
    address = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
    RaftProperties properties = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(properties, FreePorts.next());
    server =
        RaftServer.newBuilder()
            .setServerId(US)
            .setProperties(properties)
            .setStateMachineRegistry(id -> new BaseStateMachine())
            .build();
    server
        .getServerRpc()
        .addRaftPeers(List.of(RaftPeer.newBuilder().setId(OTHER).setAddress(address).build()));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private RequestVoteReplyProto ask() throws IOException {
    return VoteQuestion.ask(server, OTHER);
  }

  /** Takes each connection and closes it, until it is closed itself. */
  private static void hangUp(ServerSocket listening, AtomicInteger taken) {
    while (!listening.isClosed()) {
      try {
        listening.accept().close();
        taken.incrementAndGet();
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  /**
   * Left to itself gRPC would take 13 seconds for as many attempts: a second, and more each time.
   */
  @Test
  void shouldDialAtOnceWhoIsHeardOf() throws Exception {
    AtomicInteger taken = new AtomicInteger();
    try (ServerSocket listening = new ServerSocket(address.getPort(), 5, address.getAddress())) {
      Thread other = new Thread(() -> hangUp(listening, taken), "hang-up");
      other.start();
      assertThatThrownBy(this::ask).hasMessageContaining("UNAVAILABLE");
      RatisNeighbours neighbours = new RatisNeighbours(server, System::nanoTime);
      await()
          .atMost(Duration.ofSeconds(10))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                neighbours.dialNow("other");
                return taken.get() >= 6;
              });
    }
  }

  @Test
  void shouldLeaveAServerAloneThatIsNotKnown() {
    assertThatCode(() -> new RatisNeighbours(server, System::nanoTime).dialNow("stranger"))
        .doesNotThrowAnyException();
  }
}
