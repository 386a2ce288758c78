package io.hanse.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What helps to understand a failed step: the end of the log that explains it, and all logs. */
final class Explanation {
  private Explanation() {}

  static List<String> of(RuntimeException failure, Scene scene) {
    List<String> lines = new ArrayList<>();
    Optional<ManagedProcess> witness =
        failure instanceof DemoFailure known ? known.witness() : Optional.empty();
    witness.ifPresent(
        process -> {
          lines.add("the end of " + process.log() + ":");
          process.tail().forEach(line -> lines.add("  " + line));
        });
    lines.add("all logs:");
    scene.processes().forEach(process -> lines.add("  " + process.log()));
    return lines;
  }
}
