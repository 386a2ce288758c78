package io.hanse.fsm.config;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block of a text in PEM: what it is said to be, and its bytes. */
record PemBlock(String label, byte[] bytes) {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");

  /** The first of a text; empty where there is none. */
  static Optional<PemBlock> first(String text) {
    Matcher begin = BEGIN.matcher(text);
    if (!begin.find()) {
      return Optional.empty();
    }
    String label = begin.group(1);
    int end = text.indexOf("-----END " + label + "-----", begin.end());
    if (end < 0) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(text.substring(begin.end(), end).strip());
      return Optional.of(new PemBlock(label, bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Never its bytes: they may be a key. */
  @Override
  public String toString() {
    return "PEM " + label;
  }
}
