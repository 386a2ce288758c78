package io.hanse.http.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent escapes in paths and queries. */
public final class Escapes {
  private Escapes() {}

  /** Decodes once; empty if an escape is broken. */
  public static Optional<String> decodePath(String text) {
    return decode(text, false);
  }

  static Optional<String> decodeQuery(String text) {
    return decode(text, true);
  }

  private static Optional<String> decode(String text, boolean plusIsBlank) {
    if (text.indexOf('%') < 0 && (!plusIsBlank || text.indexOf('+') < 0)) {
      return Optional.of(text);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(plusIsBlank && raw[i] == '+' ? ' ' : raw[i]);
      }
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }
}
