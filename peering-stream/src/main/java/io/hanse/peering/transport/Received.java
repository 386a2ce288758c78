package io.hanse.peering.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.MethodDescriptor;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.WireWeight;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message of a stream, or the fact that it could not be read: gRPC's own answer to that has
 * another code than Consul's.
 *
 * @param message null: not readable, or not worth what it would take
 */
record Received(@Nullable ReplicationMessage message) {
  static final LinkStatus UNREADABLE =
      LinkStatus.of(
          LinkStatus.Code.INTERNAL,
          "grpc: failed to unmarshal the received message: proto: cannot parse invalid wire-format"
              + " data");

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
          ByteString bytes = ByteString.readFrom(stream);
          return new Received(
              WireWeight.isTooMuch(ReplicationMessage.getDescriptor(), bytes)
                  ? null
                  : ReplicationMessage.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
          return new Received(null);
        } catch (IOException e) {
          throw new IllegalStateException("a message is in memory", e);
        }
      }
    };
  }
}
