package io.hanse.fsm.config;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/** Reads private keys in the three forms in which they are written: PKCS 8, PKCS 1, and SEC 1. */
final class PrivateKeys {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int CURVE_TAG = 0xa0;
  private static final byte[] ZERO = {2, 1, 0};
  // 1.2.840.113549.1.1.1, without parameters.
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };
  // 1.2.840.10045.2.1.
  private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private PrivateKeys() {}

  static Optional<PrivateKey> read(PemBlock block) {
    Optional<byte[]> pkcs8 =
        switch (block.label()) {
          case "RSA PRIVATE KEY" -> Optional.of(wrapped(RSA, block.bytes()));
          case "EC PRIVATE KEY" ->
              curve(block.bytes())
                  .map(curve -> wrapped(element(SEQUENCE, EC, curve), block.bytes()));
          case "PRIVATE KEY" -> Optional.of(block.bytes());
          default -> Optional.empty();
        };
    return pkcs8.flatMap(PrivateKeys::decoded);
  }

  static String signatureOf(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> "Ed25519";
    };
  }

  private static Optional<PrivateKey> decoded(byte[] pkcs8) {
    for (String algorithm : ALGORITHMS) {
      try {
        return Optional.of(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
      } catch (GeneralSecurityException e) {
        // It is of another algorithm, or of none.
      }
    }
    return Optional.empty();
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, ZERO, algorithm, element(OCTETS, key));
  }

  /** The name of the curve, with its own head: in SEC 1 it stands under tag 0, behind the key. */
  private static Optional<byte[]> curve(byte[] sec1) {
    // A sequence, a version, the key as octets, then the curve; each of less than 128 bytes.
    int at = sec1.length > 1 && (sec1[1] & 0x80) != 0 ? 2 + (sec1[1] & 0x7f) : 2;
    at += 3;
    if (at + 1 >= sec1.length || sec1[at] != OCTETS) {
      return Optional.empty();
    }
    at += 2 + (sec1[at + 1] & 0x7f);
    if (at + 1 >= sec1.length || (sec1[at] & 0xff) != CURVE_TAG) {
      return Optional.empty();
    }
    int length = sec1[at + 1] & 0x7f;
    if (at + 2 + length > sec1.length) {
      return Optional.empty();
    }
    byte[] curve = new byte[length];
    System.arraycopy(sec1, at + 2, curve, 0, length);
    return Optional.of(curve);
  }

  private static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length < 0x80) {
      whole.write(length);
    } else if (length < 0x100) {
      whole.write(0x81);
      whole.write(length);
    } else {
      whole.write(0x82);
      whole.write(length >> 8);
      whole.write(length);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
