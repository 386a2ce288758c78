package io.hanse.peering.transport;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.hanse.peering.link.ProxyAcceptor;
import io.hanse.peering.proto.DataPlaneServiceGrpc;
import io.hanse.peering.proto.ProxyMessage;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The proxies' stream, on any server. */
public final class DataPlaneEndpoint implements ExternalService {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-consul-token", Metadata.ASCII_STRING_MARSHALLER);
  private static final long OPEN_SECONDS_MAX = 15;

  private final ProxyAcceptor acceptor;
  private final ScheduledExecutorService timers;

  public DataPlaneEndpoint(ProxyAcceptor acceptor, ScheduledExecutorService timers) {
    this.acceptor = acceptor;
    this.timers = timers;
  }

  @Override
  public BindableService binding() {
    return () ->
        ServerServiceDefinition.builder(DataPlaneServiceGrpc.SERVICE_NAME)
            .addMethod(DataPlaneServiceGrpc.getSubscribeMethod(), Greeting::new)
            .build();
  }

  /** Waits for a proxy to say who it is; then all else is the stream's. */
  private final class Greeting extends ServerCall.Listener<ProxyMessage> {
    private final ServerCall<ProxyMessage, ProxyMessage> call;
    private final Metadata headers;
    private final ScheduledFuture<?> timer;
    private ServerCall.@Nullable Listener<ProxyMessage> stream;
    private boolean refused;

    Greeting(ServerCall<ProxyMessage, ProxyMessage> call, Metadata headers) {
      this.call = call;
      this.headers = headers;
      this.timer =
          timers.schedule(
              () -> refuse(Status.DEADLINE_EXCEEDED.withDescription("the proxy did not say Open")),
              OPEN_SECONDS_MAX,
              TimeUnit.SECONDS);
      call.request(1);
    }

    private synchronized void refuse(Status status) {
      if (stream == null && !refused) {
        refused = true;
        timer.cancel(false);
        call.close(status, new Metadata());
      }
    }

    @Override
    public void onMessage(ProxyMessage message) {
      ServerCall.Listener<ProxyMessage> open = stream;
      if (open != null) {
        open.onMessage(message);
      } else if (message.hasOpen()) {
        accept(message);
      } else {
        refuse(Status.INVALID_ARGUMENT.withDescription("a proxy's first message must be Open"));
      }
    }

    private synchronized void accept(ProxyMessage message) {
      if (!refused) {
        timer.cancel(false);
        String token = headers.get(TOKEN);
        stream =
            new AcceptedStream<>(
                call,
                headers,
                ProxyForm.INSTANCE,
                outbound ->
                    acceptor.accept(message.getOpen(), token == null ? "" : token, outbound));
      }
    }

    @Override
    public void onReady() {
      ServerCall.Listener<ProxyMessage> open = stream;
      if (open != null) {
        open.onReady();
      }
    }

    @Override
    public void onHalfClose() {
      ServerCall.Listener<ProxyMessage> open = stream;
      if (open != null) {
        open.onHalfClose();
      } else {
        refuse(Status.INVALID_ARGUMENT.withDescription("a proxy's first message must be Open"));
      }
    }

    @Override
    public void onCancel() {
      timer.cancel(false);
      ServerCall.Listener<ProxyMessage> open = stream;
      if (open != null) {
        open.onCancel();
      }
    }

    @Override
    public void onComplete() {
      ServerCall.Listener<ProxyMessage> open = stream;
      if (open != null) {
        open.onComplete();
      }
    }
  }

  /** Proxies' messages have the peer stream's parts in an envelope of their own. */
  private enum ProxyForm implements AcceptedStream.Form<ProxyMessage, ProxyMessage> {
    INSTANCE;

    @Override
    public ReplicationMessage in(ProxyMessage message) {
      ReplicationMessage.Builder inner = ReplicationMessage.newBuilder();
      switch (message.getPayloadCase()) {
        case REQUEST -> inner.setRequest(message.getRequest());
        case RESPONSE -> inner.setResponse(message.getResponse());
        case TERMINATED -> inner.setTerminated(message.getTerminated());
        case HEARTBEAT -> inner.setHeartbeat(message.getHeartbeat());
        case OPEN, PAYLOAD_NOT_SET -> {
          // A message without a part: the rules of the stream say what that means.
        }
      }
      return inner.build();
    }

    @Override
    public ProxyMessage out(ReplicationMessage message, long index) {
      ProxyMessage.Builder outer = ProxyMessage.newBuilder().setIndex(index);
      switch (message.getPayloadCase()) {
        case REQUEST -> outer.setRequest(message.getRequest());
        case RESPONSE -> outer.setResponse(message.getResponse());
        case TERMINATED -> outer.setTerminated(message.getTerminated());
        case HEARTBEAT -> outer.setHeartbeat(message.getHeartbeat());
        case OPEN, EXTENDED, PAYLOAD_NOT_SET -> {
          // Servers open no streams to proxies, and say nothing that is between clusters.
        }
      }
      return outer.build();
    }
  }
}
