package io.hanse.fsm.error;

import java.util.Locale;

/** Puts what a caller wrote between quotation marks, as Go does, so that a message stays a line. */
public final class Quoted {
  private static final int DELETE = 0x7f;

  /** What has a letter of its own behind the backslash, and the letters. */
  private static final String PLAIN = "\u0007\b\f\n\r\t\u000b\\\"";

  private static final String ESCAPED = "abfnrtv\\\"";

  private Quoted() {}

  public static String of(String text) {
    return '"' + escaped(text) + '"';
  }

  /** The same without the marks. */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 2);
    for (int i = 0; i < text.length(); i++) {
      append(escaped, text.charAt(i));
    }
    return escaped.toString();
  }

  private static void append(StringBuilder quoted, char c) {
    int at = PLAIN.indexOf(c);
    if (at >= 0) {
      quoted.append('\\').append(ESCAPED.charAt(at));
    } else if (c < ' ' || c == DELETE) {
      quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
    } else {
      quoted.append(c);
    }
  }
}
