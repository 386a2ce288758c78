package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS contexts of the JDK from what this package says of keys and trust. */
public final class TlsContexts {
  private TlsContexts() {}

  /** Both sides show a certificate: give it for either direction. */
  public static SSLContext mutual(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
    return context(new KeyManager[] {keys}, trust);
  }

  /** A client that shows no certificate. */
  public static SSLContext client(X509ExtendedTrustManager trust) {
    return context(null, trust);
  }

  private static SSLContext context(KeyManager @Nullable [] keys, TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "this Java has no TLS", e);
    }
  }
}
