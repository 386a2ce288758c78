package io.hanse.fsm.error;

import java.util.Locale;

/** Puts what a caller wrote between quotation marks, as Go does, so that a message stays a line. */
public final class Quoted {
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

  /**
   * Only what would steer a terminal is replaced: for a text that has quotation marks of its own.
   */
  public static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        append(printable, c);
      } else {
        printable.append(c);
      }
    }
    return printable.toString();
  }

  private static void append(StringBuilder quoted, char c) {
    int at = PLAIN.indexOf(c);
    if (at >= 0) {
      quoted.append('\\').append(ESCAPED.charAt(at));
    } else if (Character.isISOControl(c)) {
      quoted.append(String.format(Locale.ROOT, c < 0x80 ? "\\x%02x" : "\\u%04x", (int) c));
    } else {
      quoted.append(c);
    }
  }
}
