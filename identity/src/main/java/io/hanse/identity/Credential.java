package io.hanse.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A certificate with the key that proves it: what one end of a handshake shows. */
public interface Credential {
  /** The leaf and what leads from it to the root, without the root. */
  List<X509Certificate> chain();

  PrivateKey key();

  default X509Certificate certificate() {
    return chain().get(0);
  }

  /** Lower-case hexadecimal with colons, as the API shows it. */
  default String serialNumber() {
    return Keys.hex(certificate().getSerialNumber().toByteArray());
  }
}
