package io.hanse.raft.ratis;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Says where a log is damaged that Ratis refused to read: it names no place, and does not say what
 * an operator can do. Only looked for after such a refusal.
 */
final class LogDamage {
  private LogDamage() {}

  /** The same failure, with the place where it can be found. */
  static IOException explained(Path groups, Exception refusal) {
    try {
      Optional<String> place = find(groups);
      if (place.isPresent()) {
        return new IOException(
            "the log is damaged: "
                + place.get()
                + ", and what is behind it can't be trusted. Move "
                + groups.getParent()
                + " aside and start again: this server then joins anew and gets all from the"
                + " others. If there are none, restore an archive of the state",
            refusal);
      }
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
    return refusal instanceof IOException asItIs
        ? asItIs
        : new IOException("the Raft server can't start: " + refusal.getMessage(), refusal);
  }

  /** The file and offset of the first damaged entry of all groups. */
  static Optional<String> find(Path groups) throws IOException {
    if (!Files.isDirectory(groups)) {
      return Optional.empty();
    }
    TreeSet<Path> segments = new TreeSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(groups)) {
      for (Path group : folders) {
        Path current = group.resolve("current");
        if (Files.isDirectory(current)) {
          try (DirectoryStream<Path> found = Files.newDirectoryStream(current, "log_*")) {
            found.forEach(segments::add);
          }
        }
      }
    }
    for (Path segment : segments) {
      int at = TornTail.damagedAt(Files.readAllBytes(segment));
      if (at >= 0) {
        return Optional.of(segment + " at offset " + at);
      }
    }
    return Optional.empty();
  }
}
