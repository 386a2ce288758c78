package io.hanse.identity;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A certificate of this process with the key that proves it.
 *
 * @param chain the leaf and what leads from it to the root, without the root
 * @param certPem the same as text
 * @param keyPem the key as text, in the form that Consul hands out
 * @param index the public index at which it was signed; 0 if not known
 */
public record Leaf(
    SpiffeId id,
    List<X509Certificate> chain,
    PrivateKey key,
    String certPem,
    String keyPem,
    long index)
    implements Credential {
  /** A leaf from what an authority answered. */
  static Leaf of(SpiffeId id, KeyPair keys, String certPem, long index) {
    return new Leaf(
        id,
        List.copyOf(Pem.certificates(certPem)),
        keys.getPrivate(),
        certPem,
        Keys.toSec1(keys),
        index);
  }

  public Instant validAfter() {
    return certificate().getNotBefore().toInstant();
  }

  public Instant validBefore() {
    return certificate().getNotAfter().toInstant();
  }

  /** The point of its life at the share given. */
  Instant at(double share) {
    Duration life = Duration.between(validAfter(), validBefore());
    return validAfter().plusMillis((long) (life.toMillis() * share));
  }

  @Override
  public String toString() {
    return "Leaf[" + id + ", serial " + serialNumber() + "]";
  }
}
