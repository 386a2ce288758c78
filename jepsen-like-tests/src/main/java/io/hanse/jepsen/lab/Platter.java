package io.hanse.jepsen.lab;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What would be left of a server's data after a power cut. The shim keeps it while the server runs,
 * in the form that {@code platter.h} describes; here it is laid out before a start and put in place
 * of the data after a cut.
 */
public final class Platter {
  private static final int SECTOR = 512;

  private final Path data;
  private final Path folder;

  /**
   * @param data what the server sees
   * @param folder where to keep what is left, on the same file system
   */
  Platter(Path data, Path folder) {
    this.data = data;
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** Counts all data as stored for good: whatever a server finds at its start. */
  void storeAll() throws IOException {
    Files.createDirectories(data);
    Folders.delete(folder);
    for (String kind : new String[] {"bytes", "names", "held"}) {
      Files.createDirectories(folder.resolve(kind));
    }
    storeNames(data);
  }

  private void storeNames(Path from) throws IOException {
    Path names = Files.createDirectories(place("names", from));
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        Path name = names.resolve(entry.getFileName());
        if (Files.isDirectory(entry)) {
          storeNames(entry);
          Files.createSymbolicLink(name, Path.of("..", inode(entry)));
        } else if (Files.isRegularFile(entry)) {
          Files.copy(entry, place("bytes", entry));
          Files.createLink(place("held", entry), entry);
          Files.createLink(name, place("bytes", entry));
        }
      }
    }
  }

  private Path place(String kind, Path of) throws IOException {
    return folder.resolve(kind).resolve(inode(of));
  }

  private static String inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino").toString();
  }

  /** The bytes that would be left of each file, by its path in the data. */
  public Map<Path, byte[]> files() throws IOException {
    Map<Path, byte[]> files = new TreeMap<>();
    Path root = place("names", data);
    try (Stream<Path> left = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (Path path : left.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(path), Files.readAllBytes(path));
      }
    }
    return files;
  }

  /**
   * Puts what is left in the place of the data.
   *
   * @param torn draws which sectors of the log reached the disk though nobody forced them
   * @return what was lost, for people
   */
  String restore(SplittableRandom torn) throws IOException {
    Path root = place("names", data);
    Map<Path, byte[]> left = files();
    int sectors = 0;
    int losses = 0;
    for (Map.Entry<Path, byte[]> file : left.entrySet()) {
      Path live = data.resolve(file.getKey());
      byte[] written = Files.isRegularFile(live) ? Files.readAllBytes(live) : new byte[0];
      losses += Arrays.equals(written, file.getValue()) ? 0 : 1;
      if (live.getFileName().toString().startsWith("log_inprogress_")) {
        sectors += tear(file.getValue(), written, torn);
      }
    }
    try (Stream<Path> all = Files.walk(data)) {
      losses +=
          (int)
              all.filter(Files::isRegularFile)
                  .filter(path -> !left.containsKey(data.relativize(path)))
                  .count();
    }
    Folders.empty(data);
    try (Stream<Path> folders = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      for (Path path : folders.filter(Files::isDirectory).toList()) {
        Files.createDirectories(data.resolve(root.relativize(path)));
      }
    }
    for (Map.Entry<Path, byte[]> file : left.entrySet()) {
      Files.write(data.resolve(file.getKey()), file.getValue());
    }
    return losses + " files not as written, " + sectors + " sectors by chance";
  }

  /** Half of the sectors that were written and not forced are there all the same. */
  private static int tear(byte[] stored, byte[] written, SplittableRandom random) {
    int came = 0;
    int size = Math.min(stored.length, written.length);
    for (int at = 0; at < size; at += SECTOR) {
      int end = Math.min(at + SECTOR, size);
      if (!Arrays.equals(stored, at, end, written, at, end) && random.nextBoolean()) {
        System.arraycopy(written, at, stored, at, end - at);
        came++;
      }
    }
    return came;
  }
}
