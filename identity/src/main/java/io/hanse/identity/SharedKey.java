package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * A secret that all servers of a cluster were given, in the form of Consul's {@code encrypt}: 16,
 * 24 or 32 random bytes in base64.
 */
public final class SharedKey {
  private static final Set<Integer> SIZES = Set.of(16, 24, 32);
  private static final int FRESH_BYTES = 32;

  private final byte[] secret;

  private SharedKey(byte[] secret) {
    this.secret = secret;
  }

  /** Fails without a word of the secret. */
  public static SharedKey parse(String base64) {
    byte[] secret;
    try {
      secret = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // The cause is dropped: it quotes what it read.
      throw invalid("it is not base64");
    }
    if (!SIZES.contains(secret.length)) {
      throw invalid("key size must be 16, 24 or 32 bytes");
    }
    return new SharedKey(secret);
  }

  /** A new one, as text. */
  public static String fresh() {
    byte[] secret = new byte[FRESH_BYTES];
    new SecureRandom().nextBytes(secret);
    return Base64.getEncoder().encodeToString(secret);
  }

  private static ProblemException invalid(String why) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, "encrypt has invalid key: " + why);
  }

  /** The key itself, for those who may know it. */
  public String text() {
    return Base64.getEncoder().encodeToString(secret);
  }

  byte[] secret() {
    return secret.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SharedKey key && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(secret);
  }

  @Override
  public String toString() {
    return "SharedKey[hidden]";
  }
}
