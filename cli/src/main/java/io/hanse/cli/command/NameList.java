package io.hanse.cli.command;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names as they are told in one line. */
final class NameList {
  private static final int NAMED_MAX = 10;

  private NameList() {}

  /** The first of them, and how many there are besides. */
  static String some(Collection<String> names) {
    return some(names, NAMED_MAX);
  }

  /** So many of them, and how many there are besides. */
  static String some(Collection<String> names, int max) {
    String first = names.stream().limit(max).collect(Collectors.joining(", "));
    return names.size() > max ? first + " and " + (names.size() - max) + " more" : first;
  }
}
