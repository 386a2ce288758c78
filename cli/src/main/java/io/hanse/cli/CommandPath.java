package io.hanse.cli;

import java.util.Arrays;
import java.util.List;

/** The longest run of words at the beginning that names a command or group, and what follows. */
record CommandPath(String name, List<String> rest) {
  static CommandPath of(String... args) {
    String name = "";
    int taken = 0;
    for (int i = 0; i < args.length && !args[i].startsWith("-"); i++) {
      String longer = name.isEmpty() ? args[i] : name + " " + args[i];
      if (!Commands.exists(longer)) {
        break;
      }
      name = longer;
      taken++;
    }
    return new CommandPath(name, Arrays.asList(args).subList(taken, args.length));
  }
}
