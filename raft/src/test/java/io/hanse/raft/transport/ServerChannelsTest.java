package io.hanse.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerChannelsTest {
  private static final int FILL_MAX = 16;

  /** A full queue drops attempts to connect, as a network does that is cut. */
  @Test
  void shouldEndAnAttemptToConnectThatNobodyAnswers() throws Exception {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerChannels channels =
            new ServerChannels(
                Server.newBuilder().setRaftId("caller").build(),
                Duration.ofSeconds(25),
                Optional.empty(),
                Optional::empty,
                raftId -> Optional.empty(),
                Runnable::run)) {
      InetSocketAddress address = new InetSocketAddress(deaf.getInetAddress(), deaf.getLocalPort());
      while (isTaken(queued, address)) {
        assertThat(queued).hasSizeLessThan(FILL_MAX);
      }
      assertThatThrownBy(
              () -> channels.join(address, Account.getDefaultInstance()).get(60, TimeUnit.SECONDS))
          .hasMessageContaining("connection timed out");
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  private static boolean isTaken(List<Socket> queued, InetSocketAddress address) throws Exception {
    Socket socket = new Socket();
    queued.add(socket);
    try {
      socket.connect(address, 200);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
