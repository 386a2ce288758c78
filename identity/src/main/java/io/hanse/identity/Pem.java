package io.hanse.identity;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of certificates and keys. Texts of failures never quote the content. */
public final class Pem {
  /**
   * One block.
   *
   * @param label as CERTIFICATE
   */
  record Block(String label, ByteString content) {
    byte[] bytes() {
      return content.toByteArray();
    }

    @Override
    public String toString() {
      return "Block[" + label + "]";
    }
  }

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /** Ends in a newline. */
  static String encode(String label, byte[] content) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(content)
        + "\n-----END "
        + label
        + "-----\n";
  }

  public static String encode(X509Certificate certificate) {
    try {
      return encode(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "a certificate that was read cannot be written", e);
    }
  }

  /** The SHA-256 of a certificate, as people compare it: {@code AB:CD:...}. */
  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.ofDelimiter(":").withUpperCase().formatHex(sum);
    } catch (CertificateException | NoSuchAlgorithmException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "a certificate that was read cannot be summed", e);
    }
  }

  /** All well-formed blocks, in order; text around them is skipped. */
  static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      try {
        byte[] content = Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""));
        blocks.add(new Block(matcher.group(1), ByteString.copyFrom(content)));
      } catch (IllegalArgumentException e) {
        // Not a block: what follows may be one.
      }
    }
    return blocks;
  }

  /** All certificates of a text, at least one. */
  public static List<X509Certificate> certificates(String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(certificate(block.bytes()));
      }
    }
    if (certificates.isEmpty()) {
      throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "no PEM-encoded data found");
    }
    return certificates;
  }

  public static List<X509Certificate> certificates(List<String> texts) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (String text : texts) {
      certificates.addAll(certificates(text));
    }
    return certificates;
  }

  /** The certificate that is the first block of a text; what is wrong is said in Consul's words. */
  public static X509Certificate firstCertificate(String text) {
    List<Block> blocks = blocks(text);
    if (blocks.isEmpty()) {
      throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "no PEM-encoded data found");
    }
    Block first = blocks.get(0);
    if (!first.label().equals(CERTIFICATE)) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "first PEM-block should be CERTIFICATE type");
    }
    return certificate(first.bytes());
  }

  private static X509Certificate certificate(byte[] content) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(content));
    } catch (CertificateException e) {
      throw new ProblemException(ProblemCode.INVALID_ARGUMENT, "x509: malformed certificate", e);
    }
  }
}
