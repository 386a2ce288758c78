package io.hanse.raft.ratis;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says where a log is damaged, and what an operator can do: Ratis, which refuses to read it, says
 * neither, and does not notice that its begin is missing.
 */
final class LogDamage {
  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

  /** A log that begins nowhere. */
  static final long NO_LOG = Long.MAX_VALUE;

  private LogDamage() {}

  /** The same failure, with the place where it can be found. */
  static IOException explained(Path groups, Exception refusal) {
    try {
      Optional<String> place = find(groups);
      if (place.isPresent()) {
        return new IOException(
            "the log is damaged: "
                + place.get()
                + ", and what is behind it can't be trusted. "
                + wayOut(groups),
            refusal);
      }
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
    return refusal instanceof IOException asItIs
        ? asItIs
        : new IOException("the Raft server can't start: " + refusal.getMessage(), refusal);
  }

  private static String wayOut(Path groups) {
    return "Move "
        + groups.getParent()
        + " aside and start again: this server then joins anew and gets all from the others. If"
        + " there are none, restore an archive of the state";
  }

  /**
   * Fails where entries between what is loaded and the begin of the log are missing, since all
   * snapshots that had them were damaged: the leader sends none to a server that has the newest
   * entries, and without them this one could neither apply nor forget what it has voted on.
   *
   * @param loaded the log index that the loaded snapshot reaches; negative if there is none
   */
  static void requireNoGap(Path current, long loaded) throws IOException {
    long first = firstIndex(current);
    if (first != NO_LOG && first > loaded + 1) {
      throw new IOException(gap(current, first));
    }
  }

  /** The log index where the log in a folder begins, or {@link #NO_LOG}. */
  static long firstIndex(Path current) throws IOException {
    long first = NO_LOG;
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(current, "log_*")) {
      for (Path segment : segments) {
        Matcher name = SEGMENT.matcher(segment.getFileName().toString());
        if (name.matches()) {
          first = Math.min(first, Long.parseLong(name.group(1)));
        }
      }
    }
    return first;
  }

  /** Says that what is before the log is missing, and what to do. */
  static String gap(Path current, long first) {
    Path groups = Objects.requireNonNull(current.getParent()).getParent();
    String before =
        first == NO_LOG
            ? "there is no sound snapshot and no log in " + current
            : "there is no sound snapshot of what is before log index "
                + first
                + ", where the log in "
                + current
                + " begins";
    return before + ". " + wayOut(Objects.requireNonNull(groups));
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
