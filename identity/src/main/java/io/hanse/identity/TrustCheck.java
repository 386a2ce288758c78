package io.hanse.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager with one rule for all six questions that the JDK may ask. Being an extended one,
 * the JDK adds no checks of host names of its own.
 */
abstract class TrustCheck extends X509ExtendedTrustManager {
  abstract void check(X509Certificate[] chain, Chains.Purpose purpose) throws CertificateException;

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    check(chain, Chains.Purpose.CLIENT);
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
    check(chain, Chains.Purpose.CLIENT);
  }

  @Override
  public final void checkClientTrusted(
      X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain, Chains.Purpose.CLIENT);
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String type)
      throws CertificateException {
    check(chain, Chains.Purpose.SERVER);
  }

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
    check(chain, Chains.Purpose.SERVER);
  }

  @Override
  public final void checkServerTrusted(
      X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain, Chains.Purpose.SERVER);
  }

  /** None are named to a client: it has one certificate or none. */
  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
