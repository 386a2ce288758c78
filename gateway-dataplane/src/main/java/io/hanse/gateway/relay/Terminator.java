package io.hanse.gateway.relay;

import io.hanse.gateway.access.IntentionPolicy;
import io.hanse.gateway.route.Target;
import io.hanse.identity.Vouched;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * A sidecar's front to the mesh: takes mutual TLS, asks the intentions, and only then connects to
 * the application, so that a caller who is denied gets not one byte through in either direction.
 * Connections that are open are judged anew when the intentions change.
 */
public final class Terminator implements Front {
  /** What connections go by; all of it changes at once. */
  public record Rules(InboundTls tls, IntentionPolicy policy, Target application) {}

  private volatile Rules rules;

  public Terminator(Rules rules) {
    this.rules = rules;
  }

  /** For the next handshakes, and within a second or so for the connections that are open. */
  public void update(Rules changed) {
    rules = changed;
  }

  @Override
  public void accepted(Connection connection) {
    connection.enter(Connection.State.HANDSHAKING);
    SslHandler tls = rules.tls().newHandler(connection.client());
    tls.setHandshakeTimeoutMillis(connection.shared().limits().tls().handshakeMillis());
    connection.client().pipeline().addFirst(tls, new Gate(connection));
  }

  /** By the rules of this moment, not those of when the handshake began. */
  private void authenticated(Connection connection, SSLSession session) {
    Rules now = rules;
    Instant came = Instant.now();
    X509Certificate[] chain;
    Vouched caller;
    try {
      chain = MeshTls.chainOf(session);
      caller = now.tls().identify(chain, came);
    } catch (CertificateException | SSLPeerUnverifiedException e) {
      connection.end(CloseReason.TLS_FAILED, RelayHandler.text(e));
      return;
    }
    connection.calledBy(caller.id().uri());
    IntentionPolicy.Verdict verdict = now.policy().judge(caller);
    if (!verdict.allowed()) {
      connection.end(CloseReason.RBAC_DENIED, verdict.reason());
    } else if (connection.route(now.application())) {
      connection.recheckBy(new Recheck(chain, came, caller, now));
      new Dial(connection, now.application(), Optional.empty()).start();
    }
  }

  /** Waits for the end of the handshake; what follows it in the same segment is held behind. */
  private final class Gate extends ChannelInboundHandlerAdapter {
    private final Connection connection;

    Gate(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent completion) {
        connection.shared().metrics().handshake(completion.isSuccess());
        if (completion.isSuccess() && !connection.isClosed()) {
          ctx.pipeline().remove(this);
          connection.shared().metrics().called();
          SslHandler tls = ctx.pipeline().get(SslHandler.class);
          authenticated(connection, tls.engine().getSession());
        } else {
          connection.end(CloseReason.TLS_FAILED, RelayHandler.text(completion.cause()));
        }
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }
  }

  /** Asks the rules again when they are others than those it knows. */
  private final class Recheck implements Supplier<Optional<CloseReason>> {
    private final X509Certificate[] chain;
    private final Instant came;
    private Vouched caller;
    private Rules known;

    Recheck(X509Certificate[] chain, Instant came, Vouched caller, Rules known) {
      this.chain = chain;
      this.came = came;
      this.caller = caller;
      this.known = known;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // Equal rules would only be asked in vain.
    public Optional<CloseReason> get() {
      Rules now = rules;
      if (now == known) {
        return Optional.empty();
      }
      if (now.tls() != known.tls()) {
        try {
          caller = now.tls().identify(chain, came);
        } catch (CertificateException e) {
          return Optional.of(CloseReason.BUNDLE_GONE);
        }
      }
      known = now;
      return now.policy().judge(caller).allowed()
          ? Optional.empty()
          : Optional.of(CloseReason.RBAC_DENIED);
    }
  }
}
