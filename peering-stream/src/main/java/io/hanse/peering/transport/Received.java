package io.hanse.peering.transport;

import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.hanse.peering.proto.ReplicationMessage;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message of a stream, or the fact that it could not be read: gRPC's own answer to that has
 * another code than Consul's.
 *
 * @param message null: not readable
 */
record Received(@Nullable ReplicationMessage message) {
  static MethodDescriptor.Marshaller<Received> marshaller(
      MethodDescriptor.Marshaller<ReplicationMessage> messages) {
    return new MethodDescriptor.Marshaller<>() {
      @Override
      public InputStream stream(Received received) {
        ReplicationMessage message = received.message();
        return messages.stream(message == null ? ReplicationMessage.getDefaultInstance() : message);
      }

      @Override
      public Received parse(InputStream stream) {
        try {
          return new Received(messages.parse(stream));
        } catch (StatusRuntimeException e) {
          return new Received(null);
        }
      }
    };
  }
}
