package io.hanse.jepsen.lab;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A library between one server and its system: makes what it stores below a folder slow, or fail,
 * keeps what a power cut would leave of it, and moves its wall clock. Switched while the server
 * runs.
 */
public final class Shim {
  /** What the disk does. The number is the library's. */
  public enum Disk {
    WELL(0),
    /** Each fsync takes so many milliseconds more. */
    SLOW_SYNC(1),
    FAILING_SYNC(2),
    /** No room for anything more. */
    FULL(3),
    /** No fsync comes back: what is not forced by now will be lost. */
    CUT(4),
    /** No fsync of the log comes back until the disk is turned. */
    HELD_LOG(5);

    private final int number;

    Disk(int number) {
      this.number = number;
    }
  }

  /** Kinds of fsync that can be acknowledged without being done. The number is the library's. */
  public enum Lie {
    LOG(1),
    FOLDER(2),
    OTHER(4);

    private final int bit;

    Lie(int bit) {
      this.bit = bit;
    }
  }

  private static final int SIZE = 40;
  private static final int MODE = 0;
  private static final int ARGUMENT = 4;
  private static final int HITS = 8;
  private static final int CLOCK = 16;
  private static final int LOOKS = 24;
  private static final int LIE = 32;
  private static final int STORING = 36;
  private static final long CUT_NANOS = Duration.ofSeconds(20).toNanos();
  private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

  private final Path library;
  private final Path control;
  private final Path folder;
  private final Platter platter;
  private final MappedByteBuffer shared;

  Shim(Path library, Path control, Path folder, Platter platter) throws IOException {
    this.library = library;
    this.control = control;
    this.folder = folder;
    this.platter = platter;
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

  /** From now on fsyncs of such kinds do nothing, and say that they did. */
  public void lie(Set<Lie> lies) {
    shared.putLong(HITS, 0);
    shared.putInt(LIE, lies.stream().mapToInt(lie -> lie.bit).sum());
  }

  /** What a power cut would leave. */
  public Platter platter() {
    return platter;
  }

  /** Cuts the power of the disk, as it were; the server must be killed next. */
  void cut() throws IOException {
    turn(Disk.CUT, 0);
    long end = System.nanoTime() + CUT_NANOS;
    do {
      // Whoever began to store before it saw the cut has said so before that.
      VarHandle.fullFence();
      LockSupport.parkNanos(POLL_NANOS);
      if (System.nanoTime() > end) {
        throw new IOException("the disk does not come to rest");
      }
    } while (shared.getInt(STORING) != 0);
  }

  /** Makes it as it is before a server starts. */
  void rest() throws IOException {
    shared.putInt(STORING, 0);
    platter.storeAll();
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
        "SHIM_FOLDER", folder.toString(),
        "SHIM_PLATTER", platter.folder().toString());
  }
}
