package io.hanse.gateway;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.gateway.relay.TestBackend;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What is cut between two applications of a mesh must not look to either like an end: who takes
 * half of an answer for the whole has lost data (RFC 8446, section 6.1: truncation).
 */
@Execution(ExecutionMode.CONCURRENT)
class MeshCutIT {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  @Test
  void shouldPassAResetThroughBothSidecars() throws Exception {
    try (TestMesh mesh = TestMesh.start()) {
      try (Call call = new Call(mesh)) {
        call.server.setSoLinger(true, 0);
        call.server.close();
        assertThatThrownBy(() -> drain(call.client)).isInstanceOf(SocketException.class);
      }
      try (Call call = new Call(mesh)) {
        call.client.setSoLinger(true, 0);
        call.client.close();
        assertThatThrownBy(() -> drain(call.server)).isInstanceOf(SocketException.class);
      }
    }
  }

  @Test
  void shouldTakeNoBareEndOfTcpForTheEndOfWhatWasSaid() throws Exception {
    int front = TestBackend.deadPort();
    int bind = TestBackend.deadPort();
    try (TestMesh mesh = TestMesh.startBehind(front, bind);
        Bridge bridge = new Bridge(front, bind)) {
      try (Call call = new Call(mesh)) {
        bridge.endBothWays();
        assertThatThrownBy(() -> drain(call.client)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> drain(call.server)).isInstanceOf(SocketException.class);
      }
    }
  }

  /** One connection of "web" to "db" by which both have heard of each other. */
  private static final class Call implements AutoCloseable {
    private final Socket client;
    private final Socket server;

    Call(TestMesh mesh) throws Exception {
      client = connect(mesh.upstreamPort);
      client.getOutputStream().write(HELLO);
      server = mesh.app.next();
      assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
      server.getOutputStream().write(HELLO);
      assertThat(read(client, HELLO.length)).isEqualTo(HELLO);
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }
}
