package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Makes and stores private keys, by the providers of the JDK. */
final class Keys {
  private static final String SEC1 = "EC PRIVATE KEY";
  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final String PKCS8 = "PRIVATE KEY";

  private Keys() {}

  /** A fresh pair on the curve P-256. */
  static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "this Java has no elliptic curve P-256", e);
    }
  }

  /**
   * A fresh pair of the type and size that an authority was configured with, as {@link RootKey}
   * allows them.
   */
  static KeyPair generate(String type, int bits) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(type.toUpperCase(java.util.Locale.ROOT));
      if (type.equals("rsa")) {
        generator.initialize(bits);
      } else {
        generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT,
          "this Java makes no keys of type " + type + " with " + bits + " bits",
          e);
    }
  }

  /** What a key signs certificates with. */
  static String signatureAlgorithm(PrivateKey key) {
    return key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
  }

  static String toPkcs8(PrivateKey key) {
    return Pem.encode(PKCS8, key.getEncoded());
  }

  /** The form in which Consul hands out keys of leafs. */
  static String toSec1(KeyPair keys) {
    try {
      PrivateKeyInfo parsed = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
      ECPrivateKey bare = ECPrivateKey.getInstance(parsed.parsePrivateKey());
      byte[] point =
          org.bouncycastle.asn1.x509.SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded())
              .getPublicKeyData()
              .getBytes();
      ECPrivateKey whole =
          new ECPrivateKey(
              256,
              bare.getKey(),
              new org.bouncycastle.asn1.DERBitString(point),
              SECObjectIdentifiers.secp256r1);
      return Pem.encode(SEC1, whole.getEncoded());
    } catch (IOException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "a fresh key cannot be written", e);
    }
  }

  /** Reads the first key of a text, in any of the three forms. */
  static PrivateKey parse(String pem) {
    for (Pem.Block block : Pem.blocks(pem)) {
      try {
        Optional<PrivateKeyInfo> content = content(block);
        if (content.isPresent()) {
          return key(content.get());
        }
      } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
        // The cause is dropped: parsers quote what they read.
        throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "a private key is malformed");
      }
    }
    throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "there is no private key in the PEM");
  }

  /** Nothing of a block that holds something else, such as the parameters of a curve. */
  private static Optional<PrivateKeyInfo> content(Pem.Block block) throws IOException {
    return switch (block.label()) {
      case PKCS8 -> Optional.of(PrivateKeyInfo.getInstance(block.bytes()));
      case PKCS1 ->
          Optional.of(
              new PrivateKeyInfo(
                  new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                  RSAPrivateKey.getInstance(block.bytes())));
      case SEC1 -> {
        ECPrivateKey bare = ECPrivateKey.getInstance(block.bytes());
        ASN1Encodable curve = bare.getParametersObject();
        yield Optional.of(
            new PrivateKeyInfo(
                new AlgorithmIdentifier(
                    X9ObjectIdentifiers.id_ecPublicKey,
                    curve == null ? SECObjectIdentifiers.secp256r1 : curve),
                bare));
      }
      default -> Optional.empty();
    };
  }

  private static PrivateKey key(PrivateKeyInfo content)
      throws GeneralSecurityException, IOException {
    boolean isRsa =
        content.getPrivateKeyAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    return KeyFactory.getInstance(isRsa ? "RSA" : "EC")
        .generatePrivate(new PKCS8EncodedKeySpec(content.getEncoded()));
  }

  /** Whether the key proves the certificate. */
  static boolean matches(PrivateKey key, PublicKey certified) {
    try {
      byte[] probe = new byte[32];
      String algorithm = signatureAlgorithm(key);
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(probe);
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(probe);
      return verifier.verify(signer.sign());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** SHA-256 of the whole encoded key: Consul's key ids. */
  static byte[] id(PublicKey key) {
    return digest("SHA-256", key.getEncoded());
  }

  static byte[] digest(String algorithm, byte[] content) {
    try {
      return MessageDigest.getInstance(algorithm).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new ProblemException(ProblemCode.INVARIANT_BROKEN, "no " + algorithm, e);
    }
  }

  /** Lower-case, with colons. */
  static String hex(byte[] bytes) {
    return java.util.HexFormat.ofDelimiter(":").formatHex(bytes);
  }
}
