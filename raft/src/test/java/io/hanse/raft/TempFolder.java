package io.hanse.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of one try of a property, which JUnit's {@code @TempDir} does not serve. */
public final class TempFolder implements AutoCloseable {
  private final List<Path> created = new ArrayList<>();

  public Path create() throws IOException {
    Path folder = Files.createTempDirectory("hanse-test");
    created.add(folder);
    return folder;
  }

  @Override
  public void close() throws IOException {
    for (Path folder : created) {
      List<Path> all;
      try (Stream<Path> found = Files.walk(folder)) {
        all = found.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : all) {
        Files.delete(each);
      }
    }
    created.clear();
  }
}
