package io.hanse.gateway.sniff;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A server name as a client sent it, folded to lower case: 1 to 255 letters, digits, dots, hyphens
 * and underscores. It need not be a legal host name: service names are not.
 */
public record ServerName(String value) {
  static final int LENGTH_MAX = 255;

  public ServerName {
    if (value.isEmpty() || value.length() > LENGTH_MAX) {
      throw new IllegalArgumentException("a server name of " + value.length() + " characters");
    }
    for (int i = 0; i < value.length(); i++) {
      if (folded(value.charAt(i)) != value.charAt(i)) {
        throw new IllegalArgumentException("a server name with an illegal character at " + i);
      }
    }
  }

  /** Empty where the bytes are no name. Folds in place. */
  static Optional<ServerName> of(byte[] bytes) {
    if (bytes.length == 0 || bytes.length > LENGTH_MAX) {
      return Optional.empty();
    }
    for (int i = 0; i < bytes.length; i++) {
      int folded = folded(bytes[i]);
      if (folded < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) folded;
    }
    return Optional.of(new ServerName(new String(bytes, StandardCharsets.US_ASCII)));
  }

  private static int folded(int character) {
    if (character >= 'A' && character <= 'Z') {
      return character | 0x20;
    }
    boolean legal =
        (character >= 'a' && character <= 'z')
            || (character >= '0' && character <= '9')
            || character == '-'
            || character == '.'
            || character == '_';
    return legal ? character : -1;
  }

  @Override
  public String toString() {
    return value;
  }
}
