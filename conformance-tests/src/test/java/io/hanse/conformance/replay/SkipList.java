package io.hanse.conformance.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Recorded lines that are not replayed, with the reason of each: {@code file | line | reason},
 * where file and line are regular expressions. A reason that begins with {@code body:} leaves out
 * the comparison of the answer's headers and body only.
 */
public final class SkipList {
  private record Entry(Pattern file, Pattern line, String reason) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Of several resources together. */
  public static SkipList load(String... names) {
    SkipList list = new SkipList();
    for (String name : names) {
      try (InputStream in = SkipList.class.getResourceAsStream("/conformance/" + name)) {
        if (in == null) {
          throw new IllegalArgumentException("no skip list " + name);
        }
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .forEach(list::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return list;
  }

  private void add(String line) {
    String[] parts = line.split("\\s+\\|\\s+", 3);
    entries.add(new Entry(Pattern.compile(parts[0]), Pattern.compile(parts[1]), parts[2]));
  }

  /** Of a line that is sent, but of whose answer only the status is looked at. */
  static boolean isOfBody(String reason) {
    return reason.startsWith("body: ");
  }

  /** Why the line is left out, if it is. */
  public Optional<String> reason(String file, Map<?, ?> line) {
    String name = String.valueOf(line.get("name"));
    String request =
        line.get("request") instanceof Map<?, ?> sent
            ? "@" + sent.get("method") + " " + sent.get("path")
            : "@";
    return entries.stream()
        .filter(entry -> entry.file().matcher(file).matches())
        .filter(
            entry ->
                entry.line().matcher(name).matches() || entry.line().matcher(request).matches())
        .map(Entry::reason)
        .findFirst();
  }
}
