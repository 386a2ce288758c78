package io.hanse.peering.transport;

import static io.hanse.peering.transport.PeerCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A large message on a slow line takes its time, and its sender is there all the while. */
class PartialMessageIT {
  private static final int DATA = 0;
  private static final int END_HEADERS = 4;
  private static final int FIRST_CALL = 3;
  private static final int MESSAGE_BYTES = 1_000_000;

  private final ExecutorService executor = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  /** The status 200 and gRPC's content type, in HPACK. */
  private static byte[] headers() {
    byte[] type = "application/grpc".getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(type.length + 3)
        .put((byte) 0x88)
        .put((byte) 0x5f)
        .put((byte) type.length)
        .put(type)
        .array();
  }

  private static ServerSocket listen() throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    listener.setSoTimeout(20_000);
    return listener;
  }

  private static Outbound dial(
      Executor callbacks, ServerSocket listener, RecordingInbound inbound) {
    Outbound stream =
        new GrpcDialer(callbacks)
            .dial(
                new LinkTarget("127.0.0.1:" + listener.getLocalPort(), "", List.of()),
                outbound -> inbound);
    stream.requestNext();
    return stream;
  }

  /** The other end of a connection on which the call has begun. */
  private static RawHttp2 accept(ServerSocket listener) throws IOException {
    RawHttp2 acceptor = RawHttp2.serve(listener.accept());
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (acceptor.next(deadline).orElseThrow().type() != RawHttp2.HEADERS) {}
    return acceptor;
  }

  @Test
  void shouldCountWhatComesBeforeTheMessageIsWhole() throws Exception {
    RecordingInbound inbound = new RecordingInbound();
    try (ServerSocket listener = listen()) {
      Outbound stream = dial(executor, listener, inbound);
      try (RawHttp2 acceptor = accept(listener)) {
        acceptor.send(RawHttp2.HEADERS, END_HEADERS, FIRST_CALL, headers());
        byte[] begun = ByteBuffer.allocate(105).put((byte) 0).putInt(MESSAGE_BYTES).array();
        acceptor.send(DATA, 0, FIRST_CALL, begun);
        eventually(() -> assertThat(stream.receivedBytes()).isEqualTo(100));
        acceptor.send(DATA, 0, FIRST_CALL, new byte[50]);
        eventually(() -> assertThat(stream.receivedBytes()).isEqualTo(150));
      }
    }
  }

  @Test
  void shouldKnowThatAMessageWaitsForAThread() throws Exception {
    RecordingInbound inbound = new RecordingInbound();
    HeldExecutor held = new HeldExecutor(executor);
    try (ServerSocket listener = listen()) {
      Outbound stream = dial(held, listener, inbound);
      try (RawHttp2 acceptor = accept(listener)) {
        held.hold();
        acceptor.send(RawHttp2.HEADERS, END_HEADERS, FIRST_CALL, headers());
        byte[] message =
            ReplicationMessage.newBuilder()
                .setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance())
                .build()
                .toByteArray();
        acceptor.send(
            DATA,
            0,
            FIRST_CALL,
            ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array());
        eventually(() -> assertThat(stream.isDelivering()).isTrue());
        assertThat(inbound.messages).isEmpty();
        held.goOn();
        eventually(() -> assertThat(inbound.messages).hasSize(1));
        assertThat(stream.isDelivering()).isFalse();
      }
    }
  }

  /** A pool whose threads may all be at something else. */
  private static final class HeldExecutor implements Executor {
    private final Executor pool;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean holds;

    HeldExecutor(Executor pool) {
      this.pool = pool;
    }

    synchronized void hold() {
      holds = true;
    }

    synchronized void goOn() {
      holds = false;
      waiting.forEach(pool::execute);
      waiting.clear();
    }

    @Override
    public synchronized void execute(Runnable task) {
      if (holds) {
        waiting.add(task);
      } else {
        pool.execute(task);
      }
    }
  }
}
