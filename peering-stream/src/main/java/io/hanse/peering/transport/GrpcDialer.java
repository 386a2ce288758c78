package io.hanse.peering.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.SecretFollower;
import io.hanse.peering.link.SecretRedeemer;
import io.hanse.peering.link.StreamDialer;
import io.hanse.peering.proto.ExchangeSecretRequest;
import io.hanse.peering.proto.ExchangeSecretResponse;
import io.hanse.peering.proto.PeerStreamServiceGrpc;
import io.hanse.peering.proto.ReplicationMessage;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Dials other clusters over gRPC. Every attempt has a fresh connection, which ends with it. */
public final class GrpcDialer implements StreamDialer, SecretRedeemer, SecretFollower {
  private static final long CALLBACK_MILLIS_MAX = 1_000;

  private final Executor executor;

  /**
   * Takes where callbacks run.
   *
   * @param executor one call at a time of each stream; it should refuse none, as gRPC drops those
   */
  public GrpcDialer(Executor executor) {
    this.executor = executor;
  }

  @Override
  public Outbound dial(LinkTarget target, Function<Outbound, Inbound> inbound) {
    ManagedChannel channel;
    try {
      channel = PeerChannel.open(target, executor);
    } catch (LinkException e) {
      Outbound dead = new DeadEnd(target.address());
      Inbound receiver = inbound.apply(dead);
      executor.execute(() -> receiver.onEnd(e.status()));
      return dead;
    }
    try {
      DialedStream stream = new DialedStream(target, channel);
      stream.start(inbound);
      return stream;
    } catch (RuntimeException e) {
      channel.shutdownNow();
      throw e;
    }
  }

  @Override
  public CompletableFuture<String> redeem(
      LinkTarget target, String peerId, String secret, String nonce, Duration patience) {
    Metadata headers = Extensions.announce(Extensions.OURS);
    if (!nonce.isEmpty()) {
      headers.put(Extensions.NONCE, nonce);
    }
    return exchange(target, peerId, secret, headers, patience);
  }

  @Override
  public CompletableFuture<String> follow(
      LinkTarget target, String peerId, String current, Duration patience) {
    Metadata headers = Extensions.announce(Extensions.OURS);
    headers.put(Extensions.ROTATION, Extensions.ROTATION_NEXT);
    return exchange(target, peerId, current, headers, patience);
  }

  @Override
  public CompletableFuture<Void> confirm(
      LinkTarget target, String peerId, String stored, Duration patience) {
    Metadata headers = Extensions.announce(Extensions.OURS);
    headers.put(Extensions.ROTATION, Extensions.ROTATION_STORED);
    return exchange(target, peerId, stored, headers, patience).thenApply(secret -> null);
  }

  private CompletableFuture<String> exchange(
      LinkTarget target, String peerId, String secret, Metadata headers, Duration patience) {
    CompletableFuture<String> result = new CompletableFuture<>();
    ManagedChannel channel;
    try {
      channel = PeerChannel.open(target, executor);
    } catch (LinkException e) {
      return CompletableFuture.failedFuture(e);
    }
    ClientInterceptor attach = MetadataUtils.newAttachHeadersInterceptor(headers);
    ClientCall<ExchangeSecretRequest, ExchangeSecretResponse> call =
        ClientInterceptors.intercept(channel, attach)
            .newCall(
                PeerStreamServiceGrpc.getExchangeSecretMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS));
    ClientCalls.asyncUnaryCall(
        call,
        ExchangeSecretRequest.newBuilder().setPeerId(peerId).setEstablishmentSecret(secret).build(),
        new Answer(target.address(), result));
    // The deadline of the call is told by a callback, too, which an executor may have dropped.
    return result
        .orTimeout(patience.toMillis() + CALLBACK_MILLIS_MAX, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(named(failure, target)))
        .whenComplete((answer, failure) -> channel.shutdownNow());
  }

  private static Throwable named(Throwable failure, LinkTarget target) {
    return failure instanceof TimeoutException
        ? new LinkException(
            LinkStatus.Code.DEADLINE_EXCEEDED, "no answer from " + target.shown() + " in time")
        : failure;
  }

  /** Takes the only answer to a redemption. */
  private record Answer(String address, CompletableFuture<String> result)
      implements StreamObserver<ExchangeSecretResponse> {
    @Override
    public void onNext(ExchangeSecretResponse response) {
      result.complete(response.getStreamSecret());
    }

    @Override
    public void onError(Throwable failure) {
      Metadata trailers =
          failure instanceof StatusRuntimeException status ? status.getTrailers() : null;
      result.completeExceptionally(
          new LinkException(
              GrpcStatuses.fromGrpc(Status.fromThrowable(failure), trailers, address)));
    }

    @Override
    public void onCompleted() {
      result.completeExceptionally(
          new LinkException(LinkStatus.Code.INTERNAL, "the answer holds no secret"));
    }
  }

  /** A stream that never was. */
  private record DeadEnd(String remote) implements Outbound {
    @Override
    public void send(ReplicationMessage message) {}

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public void requestNext() {}

    @Override
    public void halfClose() {}

    @Override
    public void close(LinkStatus status) {}

    @Override
    public Set<String> extensions() {
      return Set.of();
    }
  }
}
