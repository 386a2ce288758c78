package io.hanse.peering.transport;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Promise;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What an acceptor shows in TLS, made when the first client asks for it: before its first
 * connection a server needs none of it, and it takes long to load.
 */
final class ShownTls {
  private final KeyManager keys;
  private final Executor executor;
  private volatile @Nullable SslContext made;

  /**
   * @param keys what is shown; asked in every handshake
   * @param executor makes the context, as an event loop should not
   */
  ShownTls(KeyManager keys, Executor executor) {
    this.keys = keys;
    this.executor = executor;
  }

  /** Completes the promise: at once, but for those of the first clients. */
  void give(Promise<SslContext> promise) {
    SslContext present = made;
    if (present != null) {
      promise.trySuccess(present);
      return;
    }
    try {
      executor.execute(() -> make(promise));
    } catch (RejectedExecutionException e) {
      promise.tryFailure(e);
    }
  }

  private void make(Promise<SslContext> promise) {
    try {
      promise.trySuccess(make());
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      promise.tryFailure(e);
    }
  }

  private synchronized SslContext make() throws GeneralSecurityException {
    SslContext present = made;
    if (present == null) {
      SSLContext context = SSLContext.getInstance("TLS");
      // Clients show nothing, so nobody is trusted: the roots of the JDK are not read.
      context.init(new KeyManager[] {keys}, new TrustManager[0], null);
      present =
          new JdkSslContext(
              context,
              false,
              null,
              IdentityCipherSuiteFilter.INSTANCE,
              Alpn.LENIENT,
              ClientAuth.NONE,
              new String[] {"TLSv1.3", "TLSv1.2"},
              false);
      made = present;
    }
    return present;
  }
}
