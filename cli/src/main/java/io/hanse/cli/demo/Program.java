package io.hanse.cli.demo;

import io.hanse.cli.client.CommandFailure;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The start script of the distribution that this code was loaded from. */
record Program(Path script) {
  static Program ofThisDistribution() {
    try {
      Path jar = Path.of(Program.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path script = jar.resolveSibling("../bin/hanse").normalize();
      if (Files.isExecutable(script)) {
        return new Program(script);
      }
      throw new CommandFailure("the demo needs a distribution; there is none around " + jar);
    } catch (URISyntaxException e) {
      throw new CommandFailure("can't find the distribution: " + e.getMessage());
    }
  }

  List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(arguments);
    return command;
  }
}
