package io.hanse.gateway.feed;

import io.grpc.ManagedChannel;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.identity.LeafSigner;
import io.hanse.peering.proto.ConnectCAServiceGrpc;
import io.hanse.peering.proto.SignRequest;
import io.hanse.peering.proto.SignResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Has leafs signed by the server that the proxy is connected to. Keys stay here. */
public final class RemoteSigner implements LeafSigner {
  private static final int PATIENCE_SECONDS = 10;

  private final Supplier<Optional<ManagedChannel>> server;
  private final String token;

  public RemoteSigner(Supplier<Optional<ManagedChannel>> server, String token) {
    this.server = server;
    this.token = token;
  }

  @Override
  public CompletableFuture<Signed> sign(String csrPem) {
    Optional<ManagedChannel> channel = server.get();
    if (channel.isEmpty()) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.NO_LEADER, "no server is connected to sign a leaf"));
    }
    CompletableFuture<Signed> signed = new CompletableFuture<>();
    ConnectCAServiceGrpc.newStub(channel.get())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(ServerChannels.headers(token)))
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .sign(
            SignRequest.newBuilder().setCsr(csrPem).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(SignResponse answer) {
                signed.complete(new Signed(answer.getCertPem(), 0));
              }

              @Override
              public void onError(Throwable cause) {
                signed.completeExceptionally(cause);
              }

              @Override
              public void onCompleted() {
                signed.completeExceptionally(
                    new ProblemException(ProblemCode.DECODE_FAILED, "the server signed nothing"));
              }
            });
    return signed;
  }
}
