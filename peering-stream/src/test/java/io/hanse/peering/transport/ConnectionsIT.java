package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.hanse.identity.ServerNameTrust;
import io.hanse.identity.TlsContexts;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ConnectCAServiceGrpc;
import io.hanse.peering.proto.WatchRootsRequest;
import io.hanse.peering.proto.WatchRootsResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many connections and idle streams one address may have at the gRPC port. */
class ConnectionsIT {
  private static final int MAX = 3;
  private static final int CALLS_MAX = 110;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Queue<Outbound> letIn = new ConcurrentLinkedQueue<>();
  private final List<SSLSocket> sockets = new ArrayList<>();
  private TestServer server;
  private ExternalGrpcServer bounded;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer("dc1", outbound -> new RecordingInbound());
    bounded =
        ExternalGrpcServer.start(
            ExternalGrpcSettings.of("127.0.0.1", 0)
                .withConnectionsPerClientMax(MAX)
                .withCallsMax(CALLS_MAX),
            server.certificate,
            List.of(
                new PeerStreamEndpoint(
                    PeeringSettings.defaults("dc1"),
                    outbound -> {
                      outbound.admit();
                      letIn.add(outbound);
                      return new RecordingInbound();
                    },
                    server.peerings,
                    server.cluster,
                    Optional::empty,
                    server.executor),
                new ConnectCaEndpoint(server.authority, server.cluster, server.executor)),
            server.executor);
  }

  @AfterEach
  void stop() throws Exception {
    for (SSLSocket socket : sockets) {
      socket.close();
    }
    bounded.close();
    server.close();
  }

  private SSLSocket connect(String from) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TlsContexts.client(ServerNameTrust.of(server.roots(), server.serverName()))
                .getSocketFactory()
                .createSocket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bounded.port()));
    socket.setSoTimeout(10_000);
    socket.startHandshake();
    return socket;
  }

  @Test
  void shouldCloseWhatIsTooManyOfOneAddress() throws Exception {
    SSLSocket first = connect("127.0.0.1");
    for (int i = 1; i < MAX; i++) {
      connect("127.0.0.1");
    }
    assertThatThrownBy(() -> connect("127.0.0.1")).isInstanceOf(IOException.class);
    connect("127.0.0.2");
    first.close();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> connect("127.0.0.1").getSession().isValid());
  }

  /** Behind one address there may be many clusters; each has shown a secret. */
  @Test
  void shouldNotCountPeersThatWereLetIn() throws Exception {
    GrpcDialer dialer = new GrpcDialer(server.executor);
    LinkTarget target =
        new LinkTarget("127.0.0.1:" + bounded.port(), server.serverName(), server.roots());
    for (int i = 1; i <= 3 * MAX; i++) {
      int wanted = i;
      dialer.dial(target, outbound -> new RecordingInbound());
      await().atMost(PATIENCE).until(() -> letIn.size() == wanted);
    }
    for (int i = 0; i < MAX; i++) {
      connect("127.0.0.1");
    }
    assertThatThrownBy(() -> connect("127.0.0.1")).isInstanceOf(IOException.class);
  }

  @Test
  void shouldBoundTheWatchesOfRootsOfOneAddress() {
    ManagedChannel channel =
        TestChannels.open(
            "127.0.0.1:" + bounded.port(),
            "server.dc1.consul",
            server.serverName(),
            server.roots());
    try {
      List<Watch> watches = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        watches.add(new Watch(channel));
      }
      await().atMost(PATIENCE).until(() -> watches.stream().allMatch(Watch::isAnswered));
      Watch tooMany = new Watch(channel);
      await().atMost(PATIENCE).until(() -> tooMany.ended != null);
      assertThat(tooMany.ended.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      watches.get(0).call.cancel("enough", null);
      await().atMost(PATIENCE).until(() -> new Watch(channel).awaitAnswer());
    } finally {
      channel.shutdownNow();
    }
  }

  /** Of all addresses together: each that is let in may wait for a thread. */
  @Test
  void shouldRefuseCallsBeyondItsBound() {
    GrpcDialer dialer = new GrpcDialer(server.executor);
    LinkTarget target =
        new LinkTarget("127.0.0.1:" + bounded.port(), server.serverName(), server.roots());
    List<Outbound> open = new ArrayList<>();
    for (int i = 1; i <= CALLS_MAX; i++) {
      int wanted = i;
      open.add(dialer.dial(target, outbound -> new RecordingInbound()));
      await().atMost(PATIENCE).until(() -> letIn.size() == wanted);
    }
    RecordingInbound tooMuch = new RecordingInbound();
    dialer.dial(target, outbound -> tooMuch);
    await().atMost(PATIENCE).until(tooMuch.end::isDone);
    LinkStatus refusal = tooMuch.end.join();
    assertThat(refusal.code()).isEqualTo(LinkStatus.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.text()).contains("too many calls are open");

    open.get(0).close(LinkStatus.of(LinkStatus.Code.CANCELLED, "enough"));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              dialer.dial(target, outbound -> new RecordingInbound());
              return letIn.size() > CALLS_MAX;
            });
  }

  /** By gRPC's own means each would be worth a stack trace. */
  @Test
  void shouldWriteNothingOfEachCallThatItCutsOff() throws Exception {
    Queue<LogRecord> written = new ConcurrentLinkedQueue<>();
    Handler handler = new Written(written);
    Logger netty = Logger.getLogger("io.grpc.netty");
    netty.addHandler(handler);
    CountDownLatch goOn = new CountDownLatch(1);
    List<ManagedChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < MAX; i++) {
        ManagedChannel channel =
            TestChannels.open(
                "127.0.0.1:" + bounded.port(),
                "server.dc1.consul",
                server.serverName(),
                server.roots());
        channels.add(channel);
        assertThat(new Watch(channel).awaitAnswer()).isTrue();
      }
      // Nobody is told anything any more: calls stay open.
      for (int i = 0; i < TestServer.THREADS; i++) {
        server.executor.execute(() -> awaitUninterruptibly(goOn));
      }
      List<Watch> calls = new ArrayList<>();
      for (ManagedChannel channel : channels) {
        for (int i = 0; i < CALLS_MAX; i++) {
          calls.add(new Watch(channel));
        }
      }
      await()
          .atMost(PATIENCE)
          .until(() -> calls.stream().filter(call -> call.ended != null).count() >= CALLS_MAX);
      assertThat(written).isEmpty();
    } finally {
      goOn.countDown();
      channels.forEach(ManagedChannel::shutdownNow);
      netty.removeHandler(handler);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What gRPC writes. */
  private static final class Written extends Handler {
    private final Queue<LogRecord> records;

    Written(Queue<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord logged) {
      records.add(logged);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class Watch extends ClientCall.Listener<WatchRootsResponse> {
    private final ClientCall<WatchRootsRequest, WatchRootsResponse> call;
    private final AtomicInteger answers = new AtomicInteger();
    private volatile Status ended;

    Watch(ManagedChannel channel) {
      call = channel.newCall(ConnectCAServiceGrpc.getWatchRootsMethod(), CallOptions.DEFAULT);
      call.start(this, new Metadata());
      call.request(1);
      call.sendMessage(WatchRootsRequest.getDefaultInstance());
      call.halfClose();
    }

    @Override
    public void onMessage(WatchRootsResponse message) {
      answers.incrementAndGet();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended = status;
    }

    boolean isAnswered() {
      return answers.get() > 0;
    }

    boolean awaitAnswer() {
      await().atMost(PATIENCE).until(() -> isAnswered() || ended != null);
      return isAnswered();
    }
  }
}
