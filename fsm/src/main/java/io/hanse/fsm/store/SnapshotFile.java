package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.Version.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
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
  private static final long MAGIC = 0x48414e5345_534e50L; // HANSESNP

  /** The form above and the keys of all tables. A change of either is a new number. */
  private static final int LAYOUT = 1;

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
    Version version = view.version();
    Header header =
        new Header(
            term,
            version.logIndex(),
            version.publicIndex(),
            version.timeMillis(),
            version.digest());
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      SnapshotOutput out = new SnapshotOutput(channel);
      writeHeader(out, header, version.totals().bytes());
      writeFloors(out, version);
      writeTables(out, view);
      out.finish();
      disk.syncFile(unfinished, channel);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    disk.move(unfinished, file);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      disk.syncFolder(folder);
    }
    return header;
  }

  private static void writeHeader(SnapshotOutput out, Header header, long bytes) {
    out.putLong(MAGIC);
    out.putInt(LAYOUT);
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
      return readHeader(new SnapshotInput(channel, channel.size()), file).header();
    }
  }

  /**
   * Puts the state of the file in place of the store's. Called by the applying thread.
   *
   * @throws ProblemException DECODE_FAILED: it is no snapshot, damaged, or from a newer version;
   *     the store is as it was
   */
  public static Header load(Path file, Schema schema, Store store) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      SnapshotInput in = new SnapshotInput(channel, Files.size(file));
      Sized sized = readHeader(in, file);
      Header header = sized.header();
      Loading loading = store.load(sized.bytes());
      boolean isLoaded = false;
      try {
        loading.at(new Position(header.logIndex(), header.publicIndex(), header.timeMillis()));
        readFloors(in, loading);
        readTables(in, schema, loading);
        in.finish();
        if (loading.digest() != header.digest()) {
          throw new IOException("the digest differs");
        }
        isLoaded = true;
      } catch (IOException | IllegalArgumentException e) {
        throw damaged(file, e);
      } finally {
        if (!isLoaded) {
          loading.discard();
        }
      }
      store.replace(loading);
      return header;
    }
  }

  /**
   * @param bytes of the rows that count, as a hint
   */
  private record Sized(Header header, long bytes) {}

  private static Sized readHeader(SnapshotInput in, Path file) throws IOException {
    try {
      if (in.readLong() != MAGIC) {
        throw new IOException("it does not begin as one");
      }
      int layout = in.readInt();
      if (layout != LAYOUT) {
        throw new ProblemException(
            ProblemCode.DECODE_FAILED,
            String.format(
                "%s has layout %d, and this version reads %d: it was written by a newer version;"
                    + " use that one",
                file.getFileName(), layout, LAYOUT));
      }
      Header header =
          new Header(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
      return new Sized(header, in.readLong());
    } catch (IOException e) {
      throw damaged(file, e);
    }
  }

  private static void readFloors(SnapshotInput in, Loading loading) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      loading.floor(TableId.of(in.readInt()), in.readLong());
    }
  }

  private static void readTables(SnapshotInput in, Schema schema, Loading loading)
      throws IOException {
    for (int tables = in.readInt(); tables > 0; tables--) {
      TableId id = TableId.of(in.readInt());
      Table<?> table = schema.table(id);
      for (int rows = in.readInt(); rows > 0; rows--) {
        int keyBytes = in.readInt();
        int valueBytes = in.readInt();
        long modifyIndex = in.readLong();
        byte[] key = in.readBytes(keyBytes);
        byte[] value = in.readBytes(valueBytes);
        long valueId = loading.row(id, key, value, modifyIndex);
        if (id == TableId.TOMBSTONES) {
          Key byTime = Tombstones.timeKey(Tombstones.deletedAtMillis(value), Key.wrap(key));
          loading.leaf(TableId.TOMBSTONES_BY_TIME, byTime.bytes(), valueId, modifyIndex);
        }
        if (table != null) {
          table.link(loading, key, value, valueId, modifyIndex);
        }
      }
    }
  }

  private static ProblemException damaged(Path file, Exception cause) {
    return new ProblemException(
        ProblemCode.DECODE_FAILED,
        "the snapshot " + file.getFileName() + " is damaged: " + cause.getMessage(),
        cause);
  }
}
