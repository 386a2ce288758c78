package io.hanse.peering.transport;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers calls of what is not there in Consul's words. */
final class UnknownMethods extends HandlerRegistry {
  private static final MethodDescriptor.Marshaller<byte[]> IGNORED =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] nothing) {
          return new ByteArrayInputStream(nothing);
        }

        @Override
        public byte[] parse(InputStream stream) {
          return new byte[0];
        }
      };

  private final Set<String> services;

  UnknownMethods(Set<String> services) {
    this.services = services;
  }

  @Override
  public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
    String service = String.valueOf(MethodDescriptor.extractFullServiceName(name));
    String method = name.substring(name.lastIndexOf('/') + 1);
    String text =
        services.contains(service)
            ? "unknown method " + method + " for service " + service
            : "unknown service " + service;
    return ServerMethodDefinition.create(
        MethodDescriptor.<byte[], byte[]>newBuilder(IGNORED, IGNORED)
            .setType(MethodDescriptor.MethodType.UNKNOWN)
            .setFullMethodName(name)
            .build(),
        (call, headers) -> refuse(call, text));
  }

  private static ServerCall.Listener<byte[]> refuse(ServerCall<byte[], byte[]> call, String text) {
    call.close(Status.UNIMPLEMENTED.withDescription(text), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
