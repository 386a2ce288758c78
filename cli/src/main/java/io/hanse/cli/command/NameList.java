package io.hanse.cli.command;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names as they are told in one line. */
final class NameList {
  private static final int NAMED_MAX = 10;

  private NameList() {}

  /** The first of them, and how many there are besides. */
  static String some(Collection<String> names) {
    String first = names.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
    return names.size() > NAMED_MAX
        ? first + " and " + (names.size() - NAMED_MAX) + " more"
        : first;
  }
}
