package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority that an operator keeps in files, for the certificates of the servers themselves. It
 * has nothing to do with the one of the mesh, which the cluster keeps.
 */
public final class OperatorAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 127;

  /** What a certificate is for. */
  public enum Role {
    SERVER,
    CLIENT
  }

  /** A certificate with its key, as the text of two files. */
  public record Issued(String certificatePem, String keyPem) {
    @Override
    public String toString() {
      return "Issued[key hidden]";
    }
  }

  private final X509Certificate root;
  private final PrivateKey key;

  private OperatorAuthority(X509Certificate root, PrivateKey key) {
    this.root = root;
    this.key = key;
  }

  /** Makes one, with a fresh key. */
  public static OperatorAuthority create(String commonName, Duration ttl, Instant now) {
    return of(commonName, Keys.p256(), ttl, now);
  }

  /** The authority of a key that is known already. */
  static OperatorAuthority of(String commonName, KeyPair keys, Duration ttl, Instant now) {
    X500Name name = new X500Name("CN=" + commonName);
    try {
      JcaX509v3CertificateBuilder builder = builder(name, name, keys, ttl, now);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return new OperatorAuthority(signed(builder, keys.getPrivate()), keys.getPrivate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "cannot make an authority", e);
    }
  }

  /** The authority of two files. */
  public static OperatorAuthority of(String certificatePem, String keyPem) {
    X509Certificate root = Pem.firstCertificate(certificatePem);
    PrivateKey key = Keys.parse(keyPem);
    if (!Keys.matches(key, root.getPublicKey())) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "the key is not that of the certificate");
    }
    return new OperatorAuthority(root, key);
  }

  X509Certificate certificate() {
    return root;
  }

  /** Both are secret as far as the key goes. */
  public Issued files() {
    return new Issued(Pem.encode(root), Keys.toPkcs8(key));
  }

  /**
   * Signs a certificate for a fresh key.
   *
   * @param dnsNames the first is its common name too
   */
  public Issued issue(
      Role role, List<String> dnsNames, List<String> ipAddresses, Duration ttl, Instant now) {
    KeyPair keys = Keys.p256();
    List<GeneralName> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    ipAddresses.forEach(ip -> names.add(new GeneralName(GeneralName.iPAddress, ip)));
    // A server is a client of the other servers.
    KeyPurposeId[] purposes =
        role == Role.SERVER
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
            : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
    try {
      JcaX509v3CertificateBuilder builder =
          builder(
              X500Name.getInstance(root.getSubjectX500Principal().getEncoded()),
              new X500Name("CN=" + dnsNames.get(0)),
              keys,
              ttl,
              now);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      return new Issued(Pem.encode(signed(builder, key)), Keys.toPkcs8(keys.getPrivate()));
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "cannot sign a certificate", e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair keys, Duration ttl, Instant now) {
    Instant from = now.truncatedTo(ChronoUnit.SECONDS);
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE),
        Date.from(from.minus(Duration.ofMinutes(1))),
        Date.from(from.plus(ttl)),
        subject,
        keys.getPublic());
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
  }
}
