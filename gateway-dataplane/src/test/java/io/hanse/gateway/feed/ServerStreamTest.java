package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.Operation;
import io.hanse.peering.proto.ProxyMessage;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage.Heartbeat;
import io.hanse.peering.proto.ReplicationMessage.Response;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a proxy thinks of a server that lives, as it says every ten seconds. */
class ServerStreamTest implements ServerStream.Feed {
  private final HandLoop loop = new HandLoop();
  private final List<LinkStatus> ended = new ArrayList<>();
  private final Server server = new Server();
  private final ServerStream stream =
      new ServerStream(loop, server, ProxyResources.MESH_GATEWAY, StreamLimits.DEFAULT, this);

  @BeforeEach
  void start() {
    stream.start(ProxyOpen.getDefaultInstance(), "");
    loop.run();
  }

  private void runFor(int seconds) {
    long end = loop.nowMillis() + seconds * 1_000L;
    long nextWord = loop.nowMillis();
    while (loop.nowMillis() < end && ended.isEmpty()) {
      if (loop.nowMillis() >= nextWord) {
        nextWord += 10_000;
        server.say(ProxyMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));
      }
      loop.pass();
      loop.run();
    }
  }

  private void list(ResourceType type) {
    Message list = ResourceList.getDefaultInstance();
    server.say(
        ProxyMessage.newBuilder()
            .setResponse(
                Response.newBuilder()
                    .setNonce(ProxyResources.listId(type))
                    .setResourceUrl(ProxyResources.LIST.url())
                    .setResourceId(ProxyResources.listId(type))
                    .setResource(
                        Any.newBuilder()
                            .setTypeUrl(ProxyResources.LIST.url())
                            .setValue(list.toByteString()))
                    .setOperation(Operation.OPERATION_UPSERT)));
    loop.run();
  }

  @Test
  void shouldLeaveAServerThatOnlySaysThatItLives() {
    runFor(60);
    assertThat(loop.nowMillis()).isBetween(30_000L, 32_000L);
    assertThat(ended)
        .containsExactly(
            LinkStatus.of(
                LinkStatus.Code.DEADLINE_EXCEEDED,
                "the server tells nothing of the configuration"));
  }

  @Test
  void shouldLeaveAServerThatStopsAmidWhatItTells() {
    runFor(20);
    list(ProxyResources.CONFIG);
    runFor(100);
    assertThat(ended).hasSize(1);
    assertThat(loop.nowMillis()).isBetween(60_000L, 62_000L);
  }

  @Test
  void shouldStayWithAServerWhoseMessageIsLongOnItsWay() {
    for (int i = 0; i < 20; i++) {
      server.send(2_000);
      runFor(15);
    }
    assertThat(ended).isEmpty();
  }

  @Test
  void shouldStayWithAServerThatHasToldAll() {
    ProxyResources.of(ProxyResources.MESH_GATEWAY).forEach(this::list);
    runFor(300);
    assertThat(ended).isEmpty();
  }

  @Override
  public Optional<String> received(ResourceType type, String id, Any payload) {
    return Optional.empty();
  }

  @Override
  public void heard(long index) {}

  @Override
  public void ended(LinkStatus status) {
    ended.add(status);
  }

  /** Of one call, by hand. */
  private static final class Server extends ManagedChannel {
    private ClientCall.Listener<ProxyMessage> proxy = new ClientCall.Listener<>() {};
    private ClientStreamTracer tracer = new ClientStreamTracer() {};

    void say(ProxyMessage.Builder message) {
      proxy.onMessage(message.build());
    }

    /** Of a message that is not whole. */
    void send(int bytes) {
      tracer.inboundWireSize(bytes);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      options
          .getStreamTracerFactories()
          .forEach(
              factory ->
                  tracer =
                      factory.newClientStreamTracer(
                          ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata()));
      return new ClientCall<>() {
        @Override
        @SuppressWarnings("unchecked") // There is one method.
        public void start(Listener<R> listener, Metadata headers) {
          proxy = (Listener<ProxyMessage>) listener;
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(String message, Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "server";
    }

    @Override
    public ManagedChannel shutdown() {
      return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
      return this;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
