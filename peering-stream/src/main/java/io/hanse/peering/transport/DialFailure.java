package io.hanse.peering.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import io.hanse.fsm.error.Quoted;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.protocol.PeerTexts;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How a stream that we dialed ended, in words for who has to mend it: what was tried, what
 * happened, and where to look. What the other end says itself is quoted as it is. The texts of an
 * exchange of secrets are Consul's, and {@link GrpcStatuses}'.
 */
final class DialFailure {
  private static final String IS_IT_THE_PORT =
      "; check that the address is that of a server's port for TLS over gRPC";

  private DialFailure() {}

  static LinkStatus of(Status status, @Nullable Metadata trailers, LinkTarget target) {
    LinkStatus plain = GrpcStatuses.fromGrpc(status, trailers, target.address());
    boolean isNameUnknown = cause(status, UnknownHostException.class).isPresent();
    return new LinkStatus(plain.code(), text(status, target), plain.leader(), isNameUnknown);
  }

  private static String text(Status status, LinkTarget target) {
    String at = target.shown();
    if (status.getCause() != null) {
      return broken(status, target);
    }
    String said = status.getDescription() == null ? "" : status.getDescription();
    boolean isForeign =
        status.getCode() == Status.Code.UNIMPLEMENTED
            || said.startsWith("HTTP status code")
            || said.startsWith("invalid content-type");
    if (isForeign) {
      return foreign(at);
    } else if (said.startsWith("Keepalive failed")) {
      return "no answer from "
          + at
          + " for "
          + PeerChannel.KEEPALIVE_PATIENCE_SECONDS
          + " s: the connection is cut, or the server hangs";
    }
    return said.startsWith("Network closed for unknown reason") ? closed(at) : said;
  }

  private static String foreign(String at) {
    return at + " does not speak the peering protocol" + IS_IT_THE_PORT;
  }

  /** Something failed on the way, and the library knows what. */
  private static String broken(Status status, LinkTarget target) {
    String at = target.shown();
    if (cause(status, UnknownHostException.class).isPresent()) {
      String host = target.address().replaceFirst(":[0-9]*$", "");
      return "the name " + host + " of " + at + " is unknown: check it, and this server's DNS";
    }
    if (cause(status, ConnectTimeoutException.class).isPresent()) {
      return noAnswer(at, PeerChannel.CONNECT_MILLIS_MAX);
    }
    if (cause(status, NoRouteToHostException.class).isPresent()) {
      return "there is no route to " + at + ": check the address, and the network between";
    }
    if (cause(status, ConnectException.class).isPresent()) {
      return at + " refused the connection: no server listens there, or a firewall is in between";
    }
    Optional<CertificateException> untrusted = cause(status, CertificateException.class);
    if (untrusted.isPresent()) {
      return "the certificate of "
          + at
          + " is not trusted: "
          + Quoted.printable(PeerTexts.cut(String.valueOf(untrusted.get().getMessage())))
          + "; if the address is right, establish the peering again with a new token from there";
    }
    if (cause(status, NotSslRecordException.class).isPresent()) {
      return at + " speaks no TLS" + IS_IT_THE_PORT;
    }
    if (cause(status, SslHandshakeTimeoutException.class).isPresent()) {
      return noAnswer(at, TlsDialing.HANDSHAKE_MILLIS_MAX);
    }
    if (cause(status, TlsDialing.OtherProtocolException.class).isPresent()
        || cause(status, Http2Exception.class).isPresent()) {
      return foreign(at);
    }
    if (cause(status, ClosedChannelException.class).isPresent()) {
      return closed(at);
    }
    String reason = Quoted.printable(PeerTexts.cut(GrpcStatuses.rootMessage(status.getCause())));
    if (cause(status, SSLException.class).isPresent()) {
      return "TLS with " + at + " failed: " + reason;
    }
    return cause(status, IOException.class).isPresent()
        ? closed(at) + ": " + reason
        : at + " can't be dialed: " + reason;
  }

  private static String noAnswer(String at, long millis) {
    return "no answer from "
        + at
        + " in "
        + millis / 1_000
        + " s: check that the host is up, and that no firewall is in between";
  }

  private static String closed(String at) {
    return at + " closed the connection";
  }

  private static <T extends Throwable> Optional<T> cause(Status status, Class<T> type) {
    Throwable cause = status.getCause();
    for (int depth = 0; cause != null && depth < GrpcStatuses.CAUSES_MAX; depth++) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
