package io.hanse.jepsen.lab;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A library between one server and its system: makes what it stores below a folder slow, or fail,
 * and moves its wall clock. Switched while the server runs.
 */
public final class Shim {
  /** What the disk does. The number is the library's. */
  public enum Disk {
    WELL(0),
    /** Each fsync takes so many milliseconds more. */
    SLOW_SYNC(1),
    FAILING_SYNC(2),
    /** No room for anything more. */
    FULL(3);

    private final int number;

    Disk(int number) {
      this.number = number;
    }
  }

  private static final int SIZE = 32;
  private static final int MODE = 0;
  private static final int ARGUMENT = 4;
  private static final int HITS = 8;
  private static final int CLOCK = 16;
  private static final int LOOKS = 24;

  private final Path library;
  private final Path control;
  private final Path folder;
  private final MappedByteBuffer shared;

  Shim(Path library, Path control, Path folder) throws IOException {
    this.library = library;
    this.control = control;
    this.folder = folder;
    try (FileChannel channel = FileChannel.open(control, CREATE, READ, WRITE)) {
      shared = channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
    }
    shared.order(ByteOrder.nativeOrder());
  }

  /**
   * Turns the disk.
   *
   * @param argument of a slow one, milliseconds
   */
  public void turn(Disk disk, int argument) {
    shared.putLong(HITS, 0);
    shared.putInt(ARGUMENT, argument);
    shared.putInt(MODE, disk.number);
  }

  /** Makes the wall clock wrong by so much; zero makes it right. */
  public void turn(Duration clock) {
    shared.putLong(LOOKS, 0);
    shared.putLong(CLOCK, clock.toNanos());
  }

  /** How often the disk failed or dragged since it was turned. */
  public long hits() {
    return shared.getLong(HITS);
  }

  /** How often the server looked at a wrong clock since it was turned. */
  public long looks() {
    return shared.getLong(LOOKS);
  }

  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "SHIM", control.toString(),
        "SHIM_FOLDER", folder.toString());
  }
}
