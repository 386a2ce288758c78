package io.hanse.peering.transport;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.hanse.fsm.error.ProblemException;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.LeaderAddress;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Ends of calls: ours to gRPC's and back. */
final class GrpcStatuses {
  /** Holds a {@code google.rpc.Status}, whose form is that of the peer stream's own status. */
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  static final int CAUSES_MAX = 10;

  private GrpcStatuses() {}

  static Status toGrpc(LinkStatus status) {
    Status.Code code = Status.Code.valueOf(status.code().name());
    return status.text().isEmpty()
        ? code.toStatus()
        : code.toStatus().withDescription(status.text());
  }

  /** The trailer that goes with a status. */
  static Metadata trailers(LinkStatus status) {
    Metadata trailers = new Metadata();
    status
        .leader()
        .ifPresent(
            leader ->
                trailers.put(
                    DETAILS,
                    io.hanse.fsm.row.Status.newBuilder()
                        .setCode(status.code().number())
                        .setMessage(status.text())
                        .addDetails(
                            Any.pack(
                                LeaderAddress.newBuilder()
                                    .setAddress(leader.address())
                                    .setDialed(leader.dialed())
                                    .build()))
                        .build()
                        .toByteArray()));
    return trailers;
  }

  /** How a call to the address ended. */
  static LinkStatus fromGrpc(Status status, @Nullable Metadata trailers, String address) {
    LinkStatus.Code code = LinkStatus.Code.valueOf(status.getCode().name());
    return new LinkStatus(code, text(status, address), leader(trailers));
  }

  private static String text(Status status, String address) {
    String description = withoutPipeline(status.getDescription());
    Throwable cause = status.getCause();
    for (Throwable e = cause; e != null; e = e.getCause()) {
      if (e instanceof ConnectException) {
        return "connection error: desc = \"transport: Error while dialing: dial tcp "
            + address
            + ": connect: connection refused\"";
      }
    }
    if (description == null) {
      return cause == null ? "" : rootMessage(cause);
    }
    boolean isVague = description.equals("io exception") && cause != null;
    return isVague ? "connection error: desc = \"" + rootMessage(cause) + "\"" : description;
  }

  /** gRPC appends the names of its handlers. */
  private static @Nullable String withoutPipeline(@Nullable String description) {
    int at = description == null ? -1 : description.indexOf("\nChannel Pipeline:");
    return description == null || at < 0 ? description : description.substring(0, at);
  }

  private static Optional<LeaderPlace> leader(@Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return Optional.empty();
    }
    try {
      for (Any detail : io.hanse.fsm.row.Status.parseFrom(details).getDetailsList()) {
        if (detail.is(LeaderAddress.class)) {
          LeaderAddress leader = detail.unpack(LeaderAddress.class);
          return Optional.of(new LeaderPlace(leader.getAddress(), leader.getDialed()));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      // A hint that can't be read is none.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** What a failure of ours means to a caller of another cluster or to a proxy. */
  static LinkStatus ofFailure(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof LinkException link) {
      return link.status();
    }
    if (cause instanceof ProblemException problem) {
      return LinkStatus.of(code(problem), String.valueOf(problem.getMessage()));
    }
    return LinkStatus.of(LinkStatus.Code.INTERNAL, "internal error");
  }

  private static LinkStatus.Code code(ProblemException problem) {
    return switch (problem.code()) {
      case INVALID_ARGUMENT -> LinkStatus.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> LinkStatus.Code.NOT_FOUND;
      case PERMISSION_DENIED -> LinkStatus.Code.PERMISSION_DENIED;
      case FAILED_PRECONDITION -> LinkStatus.Code.FAILED_PRECONDITION;
      case OVERLOADED, QUOTA_EXCEEDED, TOO_LARGE -> LinkStatus.Code.RESOURCE_EXHAUSTED;
      case DEADLINE_EXCEEDED -> LinkStatus.Code.DEADLINE_EXCEEDED;
      case NO_LEADER, NOT_LEADER, SHUTTING_DOWN, COMMIT_UNKNOWN, PEER_UNREACHABLE ->
          LinkStatus.Code.UNAVAILABLE;
      case CONFLICT,
          TOKEN_EXPIRED,
          PEER_REFUSED,
          TRUST_MISMATCH,
          RESOURCE_TOO_LARGE,
          INVARIANT_BROKEN,
          DECODE_FAILED,
          NEWER_FORMAT ->
          LinkStatus.Code.INTERNAL;
    };
  }

  /** The innermost reason, or ours for not believing a certificate. */
  static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < CAUSES_MAX; depth++) {
      if (cause instanceof CertificateException) {
        break;
      }
      cause = cause.getCause();
    }
    if (cause instanceof CertificateException) {
      return "tls: failed to verify certificate: x509: " + cause.getMessage();
    }
    if (cause instanceof NotSslRecordException) {
      // Its own message is all that was received, in hexadecimal.
      return "tls: first record does not look like a TLS handshake";
    }
    if (cause instanceof ClosedChannelException) {
      return "EOF: the other end closed the connection";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
