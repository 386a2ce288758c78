package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.Version.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole state in a file: written from a view while applies go on, and loaded into a store in
 * place of what it has.
 *
 * <p>The form: a magic number, the number of the layout, the header, the floors, then the primary
 * tables, each with its rows in order, and the CRC-32C of it all. Secondary trees are built again
 * from the rows.
 */
public final class SnapshotFile {
  private static final String UNFINISHED = ".unfinished";

  /**
   * Where in the log a snapshot was taken, and of what.
   *
   * @param term of the log entry, as the caller said
   * @param digest of the content
   */
  public record Header(long term, long logIndex, long publicIndex, long timeMillis, long digest) {}

  private SnapshotFile() {}

  /**
   * Writes the version of the view; it survives a power cut once this returns. A file of the name
   * is replaced at the end, at once.
   */
  public static Header write(View view, long term, Path file, FolderSync disk) throws IOException {
    Header header;
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      header = write(view, term, channel);
      disk.syncFile(unfinished, channel);
    }
    disk.move(unfinished, file);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      disk.syncFolder(folder);
    }
    return header;
  }

  /** Writes the version of the view to wherever the channel leads. */
  public static Header write(View view, long term, WritableByteChannel channel) throws IOException {
    Version version = view.version();
    Header header =
        new Header(
            term,
            version.logIndex(),
            version.publicIndex(),
            version.timeMillis(),
            version.digest());
    try {
      SnapshotOutput out = new SnapshotOutput(channel);
      writeHeader(out, header, version.totals().bytes());
      writeFloors(out, version);
      writeTables(out, view);
      out.finish();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return header;
  }

  private static void writeHeader(SnapshotOutput out, Header header, long bytes) {
    out.putLong(SnapshotStream.MAGIC);
    out.putInt(SnapshotStream.LAYOUT);
    out.putLong(header.term());
    out.putLong(header.logIndex());
    out.putLong(header.publicIndex());
    out.putLong(header.timeMillis());
    out.putLong(header.digest());
    out.putLong(bytes);
  }

  private static void writeFloors(SnapshotOutput out, Version version) {
    List<TableId> raised = new ArrayList<>();
    for (TableId table : TableId.values()) {
      if (version.floor(table) > 0) {
        raised.add(table);
      }
    }
    out.putInt(raised.size());
    for (TableId table : raised) {
      out.putInt(table.number());
      out.putLong(version.floor(table));
    }
  }

  private static void writeTables(SnapshotOutput out, View view) {
    List<TableId> filled = new ArrayList<>();
    for (TableId table : TableId.values()) {
      if (!table.isSecondary() && view.size(table) > 0) {
        filled.add(table);
      }
    }
    out.putInt(filled.size());
    for (TableId table : filled) {
      out.putInt(table.number());
      out.putInt(view.size(table));
      view.scan(
          table,
          Key.EMPTY,
          (key, value, modifyIndex) -> {
            out.putInt(key.bytes().length);
            out.putInt(value.length);
            out.putLong(modifyIndex);
            out.putBytes(key.bytes());
            out.putBytes(value);
            return true;
          });
    }
  }

  /** Reads only the header, and does not look whether the rest is whole. */
  public static Header header(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return SnapshotStream.open(channel, channel.size()).header();
    } catch (SnapshotStream.NewerException e) {
      throw newer(file, e);
    } catch (SnapshotStream.DamagedException e) {
      throw damaged(file, e);
    }
  }

  /**
   * Puts the state of the file in place of the store's. Called by the applying thread.
   *
   * @throws ProblemException DECODE_FAILED: it is no snapshot, or damaged; NEWER_FORMAT: it was
   *     written by a newer version. The store is as it was
   */
  public static Header load(Path file, Schema schema, Store store) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      SnapshotStream stream = SnapshotStream.open(channel, Files.size(file));
      Header header = stream.header();
      Loading loading = store.load(stream.rowBytes());
      boolean isLoaded = false;
      try {
        loading.at(new Position(header.logIndex(), header.publicIndex(), header.timeMillis()));
        stream.readInto(loading, schema);
        isLoaded = true;
      } finally {
        if (!isLoaded) {
          loading.discard();
        }
      }
      store.replace(loading, header.digest());
      return header;
    } catch (SnapshotStream.NewerException e) {
      throw isWhole(file) ? newer(file, e) : damaged(file, e);
    } catch (SnapshotStream.DamagedException e) {
      throw damaged(file, e);
    }
  }

  /** Whether the checksum at the end is right: a number that was flipped only looks newer. */
  private static boolean isWhole(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return new SnapshotInput(channel, channel.size()).isWhole();
    }
  }

  private static ProblemException newer(Path file, Exception cause) {
    return new ProblemException(
        ProblemCode.NEWER_FORMAT,
        "the snapshot " + file.getFileName() + " " + cause.getMessage(),
        cause);
  }

  private static ProblemException damaged(Path file, Exception cause) {
    return new ProblemException(
        ProblemCode.DECODE_FAILED,
        "the snapshot " + file.getFileName() + " is damaged: " + cause.getMessage(),
        cause);
  }
}
