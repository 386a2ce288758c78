package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A request for a leaf: a public key, proved by its owner, and the names asked for.
 *
 * @param uris the URI SANs
 * @param dnsNames the DNS SANs
 * @param emails the e-mail SANs
 */
record SigningRequest(
    PublicKey key, List<String> uris, List<String> dnsNames, List<String> emails) {
  /** A request with keys, names and the proof is far below it. */
  private static final int LENGTH_MAX = 64 * 1024;

  /** A request in PEM for one identity, with DNS names where needed. */
  static String create(KeyPair keys, SpiffeId id, List<String> dnsNames) {
    try {
      List<GeneralName> names = new ArrayList<>();
      for (String name : dnsNames) {
        names.add(new GeneralName(GeneralName.dNSName, name));
      }
      names.add(new GeneralName(GeneralName.uniformResourceIdentifier, id.uri()));
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
      byte[] request =
          new JcaPKCS10CertificationRequestBuilder(
                  X500Name.getInstance(new org.bouncycastle.asn1.DERSequence()), keys.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
              .getEncoded();
      return Pem.encode("CERTIFICATE REQUEST", request);
    } catch (IOException | OperatorCreationException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "cannot ask for " + id, e);
    }
  }

  /** Reads a request and checks that its sender has the private key. */
  static SigningRequest parse(String pem) {
    if (pem.length() > LENGTH_MAX) {
      throw malformed();
    }
    for (Pem.Block block : Pem.blocks(pem)) {
      if (!block.label().equals("CERTIFICATE REQUEST")) {
        continue;
      }
      try {
        JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(block.bytes());
        PublicKey key = request.getPublicKey();
        if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
          throw new ProblemException(
              ProblemCode.INVALID_ARGUMENT, "the CSR is not signed by its own key");
        }
        return names(key, request.getRequestedExtensions());
      } catch (IOException
          | GeneralSecurityException
          | OperatorCreationException
          | PKCSException
          | IllegalArgumentException
          | IllegalStateException
          | ClassCastException e) {
        throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "the CSR is malformed", e);
      }
    }
    throw malformed();
  }

  private static ProblemException malformed() {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, "the CSR is malformed");
  }

  private static SigningRequest names(PublicKey key, @Nullable Extensions extensions) {
    List<String> uris = new ArrayList<>();
    List<String> dnsNames = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    GeneralNames names =
        extensions == null
            ? null
            : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    if (names != null) {
      for (GeneralName name : names.getNames()) {
        switch (name.getTagNo()) {
          case GeneralName.uniformResourceIdentifier -> uris.add(name.getName().toString());
          case GeneralName.dNSName -> dnsNames.add(name.getName().toString());
          case GeneralName.rfc822Name -> emails.add(name.getName().toString());
          default -> {
            // Other names are not asked for by any client and are not granted.
          }
        }
      }
    }
    return new SigningRequest(key, uris, dnsNames, emails);
  }
}
