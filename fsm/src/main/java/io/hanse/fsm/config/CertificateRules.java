package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What inline-certificate entries may hold: a certificate and the key that belongs to it. No text
 * of a refusal shows any of the key.
 */
final class CertificateRules {
  /** Proxies take no shorter RSA keys. */
  private static final int RSA_BITS_MIN = 2048;

  private static final int DNS_NAME = 2;
  private static final byte[] SAMPLE = {1, 2, 3, 4};

  private CertificateRules() {}

  /** Files are on the gateway's machine: there is nothing to look at. */
  static void validateFiles(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
  }

  static void validateInline(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    PemBlock keyBlock =
        PemBlock.first(entry.getInlineCertificate().getPrivateKey())
            .orElseThrow(() -> invalid("failed to parse private key PEM"));
    Optional<PrivateKey> key = PrivateKeys.read(keyBlock);
    if (key.isPresent()
        && key.get() instanceof RSAPrivateKey rsa
        && rsa.getModulus().bitLength() < RSA_BITS_MIN) {
      throw invalid("key length must be at least 2048 bits");
    }
    PemBlock certificateBlock =
        PemBlock.first(entry.getInlineCertificate().getCertificate())
            .orElseThrow(() -> invalid("failed to parse certificate PEM"));
    X509Certificate certificate = read(certificateBlock);
    PrivateKey own = key.orElseThrow(() -> invalid("tls: failed to parse private key"));
    if (!belongTogether(certificate, own)) {
      throw invalid("tls: private key does not match public key");
    }
    requireHosts(certificate);
  }

  private static X509Certificate read(PemBlock block) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.bytes()));
    } catch (CertificateException e) {
      throw invalid("failed to parse certificate: x509: malformed certificate");
    }
  }

  /** What the one signs, the other verifies. */
  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
      return false;
    }
    try {
      Signature signer = Signature.getInstance(PrivateKeys.signatureOf(key));
      signer.initSign(key);
      signer.update(SAMPLE);
      byte[] signature = signer.sign();
      signer.initVerify(certificate.getPublicKey());
      signer.update(SAMPLE);
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void requireHosts(X509Certificate certificate) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateException e) {
      throw invalid("failed to parse certificate: x509: malformed certificate");
    }
    if (names == null) {
      return;
    }
    for (List<?> name : names) {
      if (name.get(0).equals(DNS_NAME) && !HostNames.isDomainName(String.valueOf(name.get(1)))) {
        throw invalid("host \"" + name.get(1) + "\" must be a valid DNS hostname");
      }
    }
  }
}
