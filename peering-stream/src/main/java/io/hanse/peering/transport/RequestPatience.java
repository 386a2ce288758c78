package io.hanse.peering.transport;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a call whose only request is not there in time, so that nobody keeps calls open for nothing.
 * Streams have a patience of their own for their first message.
 */
final class RequestPatience implements ServerInterceptor {
  private final long millis;

  RequestPatience(long millis) {
    this.millis = millis;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    ServerCall.Listener<A> listener = next.startCall(call, headers);
    if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      return listener;
    }
    // Whoever completes it first decides the call: the end of the request, or the time.
    CompletableFuture<Void> request = new CompletableFuture<>();
    CompletableFuture<Void> timed = request.orTimeout(millis, TimeUnit.MILLISECONDS);
    timed.whenComplete(
        (whole, late) -> {
          if (late != null && !call.isCancelled()) {
            call.close(
                Status.DEADLINE_EXCEEDED.withDescription("no request in time"), new Metadata());
          }
        });
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onHalfClose() {
        if (request.complete(null)) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        request.complete(null);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        request.complete(null);
        super.onComplete();
      }
    };
  }
}
