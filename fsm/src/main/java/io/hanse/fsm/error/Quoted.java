package io.hanse.fsm.error;

import java.util.Locale;

/** Puts what a caller wrote between quotation marks, as Go does, so that a message stays a line. */
public final class Quoted {
  private static final int DELETE = 0x7f;

  private Quoted() {}

  public static String of(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      append(quoted, text.charAt(i));
    }
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, char c) {
    switch (c) {
      case '"', '\\' -> quoted.append('\\').append(c);
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      default -> {
        if (c < ' ' || c == DELETE) {
          quoted.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
        } else {
          quoted.append(c);
        }
      }
    }
  }
}
