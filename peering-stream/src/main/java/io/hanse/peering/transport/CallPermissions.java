package io.hanse.peering.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.hanse.peering.proto.PeerStreamServiceGrpc;

/** Keeps those who came by the peering name, without a certificate, to the peer stream. */
final class CallPermissions implements ServerInterceptor {
  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    boolean byPeeringName =
        Boolean.TRUE.equals(call.getAttributes().get(TlsAcceptance.PEERING_NAME));
    String service = call.getMethodDescriptor().getServiceName();
    if (byPeeringName && !PeerStreamServiceGrpc.SERVICE_NAME.equals(service)) {
      call.close(
          Status.PERMISSION_DENIED.withDescription("invalid permissions to the specified endpoint"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }
}
