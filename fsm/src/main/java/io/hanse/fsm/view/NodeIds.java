package io.hanse.fsm.view;

import java.util.Locale;
import java.util.Optional;

/** The form of a node's id: empty, or a UUID. */
public final class NodeIds {
  private static final int LENGTH = 36;

  private NodeIds() {}

  /** What is wrong with it. */
  public static Optional<String> flaw(String id) {
    if (id.isEmpty()) {
      return Optional.empty();
    }
    if (id.length() != LENGTH) {
      return Optional.of("UUID must be 36 characters");
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = id.charAt(i);
      boolean hyphen = i == 8 || i == 13 || i == 18 || i == 23;
      if (hyphen && c != '-') {
        return Optional.of("UUID has improper format");
      }
      if (!hyphen && Character.digit(c, 16) < 0) {
        return Optional.of(
            String.format(
                Locale.ROOT, "invalid UUID: encoding/hex: invalid byte: U+%04X '%c'", (int) c, c));
      }
    }
    return Optional.empty();
  }
}
