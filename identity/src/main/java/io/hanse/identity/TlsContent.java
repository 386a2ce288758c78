package io.hanse.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Who is believed and what is shown, at one time. The key proves the certificate. */
public record TlsContent(List<X509Certificate> roots, List<X509Certificate> chain, PrivateKey key)
    implements Credential {
  @Override
  public String toString() {
    return "TlsContent[serial " + serialNumber() + ", " + roots.size() + " roots]";
  }
}
