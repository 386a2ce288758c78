package io.hanse.identity;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.Map;
import java.util.Set;

/**
 * What decides on the root of the authority: the kind of key that it is to have, or the key and
 * certificate to be used. While it stays the same, so does the root.
 *
 * @param type "ec" or "rsa"
 * @param privateKey in PEM; "": one is made
 * @param certificate in PEM
 */
public record RootKey(String type, int bits, String privateKey, String certificate) {
  static final RootKey DEFAULT = new RootKey("ec", 256, "", "");

  private static final Set<Integer> EC_BITS = Set.of(224, 256, 384, 521);
  private static final Set<Integer> RSA_BITS = Set.of(2048, 4096);

  /** The JDK no longer has its curve. */
  private static final int EC_BITS_ABSENT = 224;

  /** What the free form of a configuration says of it, with defaults for the rest. */
  public static RootKey of(Struct config) {
    return new RootKey(
        text(config, "PrivateKeyType", DEFAULT.type),
        bits(config),
        text(config, "PrivateKey", ""),
        text(config, "RootCert", ""));
  }

  private static String text(Struct config, String name, String absent) {
    String value = value(config, name).getStringValue();
    return value.isEmpty() ? absent : value;
  }

  private static int bits(Struct config) {
    Value value = value(config, "PrivateKeyBits");
    if (value.hasStringValue()) {
      try {
        return Integer.parseInt(value.getStringValue());
      } catch (NumberFormatException e) {
        return -1;
      }
    }
    return value.hasNumberValue() ? (int) value.getNumberValue() : DEFAULT.bits;
  }

  /** Names are matched without case, as Consul does. */
  private static Value value(Struct config, String name) {
    return config.getFieldsMap().entrySet().stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Value.getDefaultInstance());
  }

  /** Refuses what no root can be made of. */
  public void check() {
    switch (type) {
      case "ec" -> require(EC_BITS, "EC key length must be one of (224, 256, 384, 521) bits");
      case "rsa" -> require(RSA_BITS, "RSA key length must be 2048 or 4096 bits");
      default -> throw refused("private key type must be either 'ec' or 'rsa'");
    }
    if (type.equals("ec") && bits == EC_BITS_ABSENT) {
      throw refused("EC keys of 224 bits are not supported by Hanse");
    }
    if (privateKey.isEmpty() && !certificate.isEmpty()) {
      throw refused("must provide a private key when providing a root cert");
    }
    if (!privateKey.isEmpty() && certificate.isEmpty()) {
      throw refused("Hanse needs the root cert of a private key that is provided");
    }
  }

  private void require(Set<Integer> allowed, String text) {
    if (!allowed.contains(bits)) {
      throw refused(text);
    }
  }

  private static ProblemException refused(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  boolean isGiven() {
    return !privateKey.isEmpty();
  }

  @Override
  public String toString() {
    return "RootKey[" + type + ", " + bits + (isGiven() ? ", given]" : "]");
  }
}
