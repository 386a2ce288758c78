package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.EnumMap;
import java.util.Map;

/**
 * Reads a snapshot to the end without keeping it: whether it is whole, whether each of its rows is
 * one that this version could have written, and how much there is of each kind.
 */
public final class SnapshotCheck implements SnapshotSink {
  /** Sees each row that is read, and how much its key and value take. */
  @FunctionalInterface
  public interface Visitor {
    void row(TableId table, Key key, long bytes);
  }

  /**
   * How much a table has.
   *
   * @param bytes keys and values
   */
  public record Amount(long rows, long bytes) {
    private Amount plus(long moreBytes) {
      return new Amount(rows + 1, bytes + moreBytes);
    }
  }

  /** What a sound snapshot says and holds. */
  public record Contents(SnapshotFile.Header header, Map<TableId, Amount> amounts) {}

  private final Schema schema;
  private final Visitor visitor;
  private final Map<TableId, Amount> amounts = new EnumMap<>(TableId.class);

  private SnapshotCheck(Schema schema, Visitor visitor) {
    this.schema = schema;
    this.visitor = visitor;
  }

  /**
   * Reads it.
   *
   * @param bytes how many there are
   * @throws ProblemException INVALID_ARGUMENT: it is none, or damaged; NEWER_FORMAT
   */
  public static Contents read(InputStream snapshot, long bytes, Schema schema, Visitor visitor)
      throws IOException {
    try {
      SnapshotStream stream = SnapshotStream.open(Channels.newChannel(snapshot), bytes);
      SnapshotCheck check = new SnapshotCheck(schema, visitor);
      stream.readInto(check, schema);
      return new Contents(stream.header(), check.amounts);
    } catch (SnapshotStream.NewerException e) {
      throw new ProblemException(ProblemCode.NEWER_FORMAT, "the snapshot " + e.getMessage(), e);
    } catch (SnapshotStream.DamagedException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT,
          "the state in it cannot be used (one that Consul saved can not): " + e.getMessage(),
          e);
    }
  }

  @Override
  public void floor(TableId table, long floor) {}

  @Override
  public long row(TableId table, byte[] key, byte[] value, long modifyIndex) {
    Table<?> known = schema.table(table);
    if (known != null) {
      requireOwnKey(known, key, value);
    }
    long bytes = key.length + (long) value.length;
    amounts.merge(table, new Amount(1, bytes), (sum, one) -> sum.plus(one.bytes()));
    visitor.row(table, Key.wrap(key), bytes);
    return 0;
  }

  /** Else the row could never be found, changed or deleted again. */
  private static void requireOwnKey(Table<?> table, byte[] key, byte[] value) {
    if (!table.keyOf(value).equals(Key.wrap(key))) {
      throw new IllegalArgumentException("a row of " + table.id() + " stands at a wrong key");
    }
  }

  @Override
  public void leaf(TableId secondary, byte[] key, long valueId, long modifyIndex) {}
}
