package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.transport.RawHttp2.Frame;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Pings keep to the limits of a real Consul at the other end, in true time: who pings more often
 * than it allows is sent away, and so would be one that we are too strict with.
 */
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
class PingIT {
  private static final int ENHANCE_YOUR_CALM = 0xb;

  /** A real Consul tolerates one ping in this time, and only while a call is open. */
  private static final long INTERVAL_SECONDS_MIN = 15;

  private final ExecutorService executor = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private static long in(long seconds) {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /** All frames until then. */
  private static List<Frame> read(RawHttp2 connection, long untilNanos) throws IOException {
    List<Frame> frames = new ArrayList<>();
    for (Optional<Frame> frame = connection.next(untilNanos);
        frame.isPresent();
        frame = connection.next(untilNanos)) {
      frames.add(frame.get());
    }
    return frames;
  }

  private ExternalGrpcServer acceptor() throws IOException {
    return ExternalGrpcServer.startPlaintext(
        ExternalGrpcSettings.of("127.0.0.1", 0), List.of(), executor);
  }

  /** A dialing Consul pings every 30 s, with a call or without; older and other settings faster. */
  @Test
  void shouldServeWhoPingsWithoutACall() throws Exception {
    try (ExternalGrpcServer server = acceptor();
        RawHttp2 client = RawHttp2.dial(server.port())) {
      // A stock server would take the first of them, forgive two, and close at the fourth.
      for (int i = 0; i < 4; i++) {
        client.ping();
        List<Frame> frames = read(client, in(6));
        assertThat(frames).filteredOn(Frame::isPingAck).hasSize(1);
        assertThat(frames).noneMatch(frame -> frame.type() == RawHttp2.GOAWAY);
      }
    }
  }

  @Test
  void shouldSendAwayWhoPingsWithoutPause() throws Exception {
    try (ExternalGrpcServer server = acceptor();
        RawHttp2 client = RawHttp2.dial(server.port())) {
      for (int i = 0; i < 10; i++) {
        client.ping();
      }
      Frame farewell = null;
      long deadline = in(20);
      while (farewell == null) {
        Frame frame = client.next(deadline).orElseThrow();
        farewell = frame.type() == RawHttp2.GOAWAY ? frame : null;
      }
      assertThat(ByteBuffer.wrap(farewell.payload()).getInt(Integer.BYTES))
          .isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void shouldPingRarely() throws Exception {
    try (ServerSocket listener = listen()) {
      dial(listener, new RecordingInbound());
      try (RawHttp2 acceptor = RawHttp2.serve(listener.accept())) {
        assertThat(read(acceptor, in(INTERVAL_SECONDS_MIN))).noneMatch(Frame::isPing);

        // One comes in the end: an acceptor that is gone has to be noticed.
        boolean hasPinged = false;
        long deadline = in(40);
        while (!hasPinged) {
          hasPinged = acceptor.next(deadline).orElseThrow().isPing();
        }
        assertThat(read(acceptor, in(2))).noneMatch(Frame::isPing);
      }
    }
  }

  /** The call ends, and with it the connection: there is nothing left to ping on. */
  @Test
  void shouldPingOnlyWhileACallIsOpen() throws Exception {
    RecordingInbound inbound = new RecordingInbound();
    try (ServerSocket listener = listen()) {
      dial(listener, inbound);
      try (RawHttp2 acceptor = RawHttp2.serve(listener.accept())) {
        awaitCall(acceptor);
        acceptor.send(RawHttp2.RST_STREAM, 0, 3, new byte[Integer.BYTES]);
        assertThatThrownBy(
                () -> {
                  assertThat(read(acceptor, in(20))).noneMatch(Frame::isPing);
                  throw new AssertionError("the connection is still open");
                })
            .isInstanceOfAny(EOFException.class, java.net.SocketException.class);
        assertThat(inbound.end.get(20, TimeUnit.SECONDS).isOk()).isFalse();
      }
    }
  }

  private static void awaitCall(RawHttp2 acceptor) throws IOException {
    long deadline = in(20);
    while (acceptor.next(deadline).orElseThrow().type() != RawHttp2.HEADERS) {}
  }

  private static ServerSocket listen() throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setSoTimeout(20_000);
    return listener;
  }

  private void dial(ServerSocket listener, RecordingInbound inbound) throws IOException {
    Outbound call =
        new GrpcDialer(executor)
            .dial(
                new LinkTarget("127.0.0.1:" + listener.getLocalPort(), "", List.of()),
                outbound -> inbound);
    call.send(
        ReplicationMessage.newBuilder()
            .setOpen(ReplicationMessage.Open.newBuilder().setPeerId("peer"))
            .build());
  }
}
