package io.hanse.cli;

import java.util.List;

/** The table of commands. A name costs nothing until its command is made. */
final class Commands {
  static final List<String> NAMES = List.of("completion", "version");

  private Commands() {}

  static Object create(String name) {
    return switch (name) {
      case "completion" -> new CompletionCommand();
      case "version" -> new VersionCommand();
      default -> throw new IllegalArgumentException("no command \"" + name + "\"");
    };
  }

  /** The one that the command line names, or all where it names none: help and mistakes. */
  static List<String> needed(String... args) {
    return args.length > 0 && NAMES.contains(args[0]) ? List.of(args[0]) : NAMES;
  }
}
