package io.hanse.fsm.store;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.RaftIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A table of messages: its key, its secondary indexes, and the two indexes that each row carries.
 *
 * <p>A row says when it was made and changed in a field {@code raft_index}, or in fields {@code
 * create_index} and {@code modify_index}, or nowhere. {@link #put} fills them in.
 */
public final class Table<R extends Message> {
  /**
   * A secondary tree: of each row, the keys under which it stands there, the row's own key being
   * added to each.
   */
  private record Index<R>(TableId id, Function<R, List<Key>> keys) {}

  private final TableId id;
  private final R prototype;
  private final Function<R, Key> key;
  private final List<Index<R>> indexes;
  private volatile @Nullable Stamp stamp;

  private Table(TableId id, R prototype, Function<R, Key> key, List<Index<R>> indexes) {
    this.id = id;
    this.prototype = prototype;
    this.key = key;
    this.indexes = indexes;
  }

  /** The fields in which a row says when it was made and changed. */
  private record Stamp(
      @Nullable FieldDescriptor both,
      @Nullable FieldDescriptor createIndex,
      @Nullable FieldDescriptor modifyIndex) {}

  /**
   * Found at the first use: descriptions of rows take long to load, and an agent starts without.
   */
  private Stamp stamp() {
    Stamp found = stamp;
    if (found == null) {
      Descriptor row = prototype.getDescriptorForType();
      found =
          new Stamp(
              row.findFieldByName("raft_index"),
              row.findFieldByName("create_index"),
              row.findFieldByName("modify_index"));
      stamp = found;
    }
    return found;
  }

  /**
   * A table without secondary indexes.
   *
   * @param prototype the empty row
   */
  public static <R extends Message> Table<R> of(TableId id, R prototype, Function<R, Key> key) {
    return new Table<>(id, prototype, key, List.of());
  }

  /** The same with one more secondary index; the function may answer several keys, or none. */
  public Table<R> indexedBy(TableId secondary, Function<R, List<Key>> keys) {
    List<Index<R>> more = new ArrayList<>(indexes);
    more.add(new Index<>(secondary, keys));
    return new Table<>(id, prototype, key, List.copyOf(more));
  }

  public TableId id() {
    return id;
  }

  public Key key(R row) {
    return key.apply(row);
  }

  Key keyOf(byte[] value) {
    return key(parse(value));
  }

  public Optional<R> get(Rows rows, Key rowKey) {
    return Optional.ofNullable(find(rows, rowKey));
  }

  private @Nullable R find(Rows rows, Key rowKey) {
    if (rows instanceof Transaction transaction) {
      return find(transaction, rowKey);
    }
    byte[] value = rows.get(id, rowKey);
    return value == null ? null : parse(value);
  }

  private @Nullable R find(Transaction transaction, Key rowKey) {
    long valueId = transaction.stamp(id, rowKey);
    return valueId == 0 ? null : parsed(transaction, valueId);
  }

  private R parsed(Transaction transaction, long valueId) {
    Message known = transaction.parsedRows().get(valueId);
    if (known != null) {
      return own(known);
    }
    R row = parse(transaction.value(valueId));
    transaction.parsedRows().put(valueId, row);
    return row;
  }

  /** The rows whose key begins with the prefix, in the order of keys. */
  public List<R> list(Rows rows, Key prefix) {
    return listOf(rows, id, prefix);
  }

  /** The rows that stand under the prefix in a secondary index, in its order. */
  public List<R> listBy(Rows rows, TableId index, Key prefix) {
    requireIndex(index);
    return listOf(rows, index, prefix);
  }

  /** Hands over the rows under the prefix in a secondary index while they are wanted. */
  public void scanBy(Rows rows, TableId index, Key prefix, Predicate<R> wanted) {
    requireIndex(index);
    rows.scan(index, prefix, (rowKey, value, modifyIndex) -> wanted.test(parse(value)));
  }

  private void requireIndex(TableId index) {
    if (indexes.stream().noneMatch(one -> one.id() == index)) {
      throw new IllegalArgumentException(index + " is no index of " + id);
    }
  }

  /** The first of them, at most so many. */
  public List<R> first(Rows rows, Key prefix, int max) {
    List<R> list = new ArrayList<>();
    rows.scan(id, prefix, (rowKey, value, index) -> list.size() < max && list.add(parse(value)));
    return list;
  }

  private List<R> listOf(Rows rows, TableId tree, Key prefix) {
    List<R> list = new ArrayList<>();
    if (rows instanceof Transaction transaction) {
      transaction.scanIds(tree, prefix, valueId -> list.add(parsed(transaction, valueId)));
    } else {
      rows.scan(tree, prefix, (rowKey, value, index) -> list.add(parse(value)));
    }
    return list;
  }

  /** Hands over the rows one by one. */
  public void forEach(Rows rows, Key prefix, Consumer<R> consumer) {
    rows.scan(
        id,
        prefix,
        (rowKey, value, index) -> {
          consumer.accept(parse(value));
          return true;
        });
  }

  /**
   * What became of a row that was to be written.
   *
   * @param isChange false if the same row was there already
   * @param old the one that it took the place of; null if there was none, or nothing changed
   */
  public record Written<R>(boolean isChange, @Nullable R old) {}

  /**
   * Writes a row at the index of the present command, unless the same row is there already.
   *
   * @return whether something changed
   */
  public boolean put(Transaction transaction, R row) {
    return write(transaction, row).isChange();
  }

  /** The same; tells which row was there before. */
  public Written<R> write(Transaction transaction, R row) {
    return write(transaction, row, true, 0);
  }

  /** Writes a row that goes on where one under another key ended: it was made when that one was. */
  public void putSuccessor(Transaction transaction, R row, R predecessor) {
    write(transaction, row, true, createIndex(predecessor));
  }

  /** Writes a row at the index of the present command, even over the same one. */
  public void overwrite(Transaction transaction, R row) {
    write(transaction, row, false, 0);
  }

  /** Where a row goes, and what is there. */
  private record Place<R>(Key key, long oldId, @Nullable R old) {}

  private Written<R> write(Transaction transaction, R row, boolean keepSame, long madeAt) {
    Key rowKey = key.apply(row);
    long at = transaction.publicIndex();
    long oldId = transaction.stamp(id, rowKey);
    if (oldId == 0) {
      long createdAt = madeAt != 0 ? madeAt : at;
      R stamped = stamped(row, createdAt, at);
      insert(transaction, new Place<>(rowKey, 0, null), stamped, serialize(stamped));
      return new Written<>(true, null);
    }
    FieldDescriptor raftIndex = stamp().both();
    if (raftIndex != null && row.getUnknownFields().getSerializedSize() == 0) {
      // Bytes are compared sooner than messages, and the old row is parsed only if it changes.
      StampedBytes bytes = StampedBytes.of(serialize(row), raftIndex.getNumber());
      StampedBytes before = StampedBytes.of(transaction.value(oldId), raftIndex.getNumber());
      long oldCreatedAt = before.createIndex();
      boolean keepsIndexes = madeAt == 0 || madeAt == oldCreatedAt;
      if (keepSame && keepsIndexes && bytes.isSameButForIndexes(before)) {
        return new Written<>(false, null);
      }
      long createdAt = madeAt != 0 ? madeAt : oldCreatedAt;
      R old = parsed(transaction, oldId);
      insert(
          transaction,
          new Place<>(rowKey, oldId, old),
          stamped(row, createdAt, at),
          bytes.with(createdAt, at));
      return new Written<>(true, old);
    }
    R old = parsed(transaction, oldId);
    long createdAt = madeAt != 0 ? madeAt : createIndex(old);
    if (keepSame && stamped(row, createdAt, modifyIndex(old)).equals(old)) {
      return new Written<>(false, null);
    }
    R stamped = stamped(row, createdAt, at);
    insert(transaction, new Place<>(rowKey, oldId, old), stamped, serialize(stamped));
    return new Written<>(true, old);
  }

  private void insert(Transaction transaction, Place<R> place, R stamped, byte[] value) {
    Key rowKey = place.key();
    R old = place.old();
    long at = transaction.publicIndex();
    long valueId = transaction.putRow(id, rowKey, value, at, place.oldId());
    transaction.parsedRows().put(valueId, stamped);
    for (Index<R> index : indexes) {
      List<Key> beginnings = index.keys().apply(stamped);
      Collection<Key> keys = behind(beginnings, rowKey);
      if (old != null) {
        List<Key> oldBeginnings = index.keys().apply(old);
        if (!oldBeginnings.equals(beginnings)) {
          for (Key oldKey : behind(oldBeginnings, rowKey)) {
            if (!keys.contains(oldKey)) {
              transaction.unlink(index.id(), oldKey, at);
            }
          }
        }
      }
      keys.forEach(newKey -> transaction.link(index.id(), newKey, valueId, at));
    }
  }

  /** Deletes a row at the index of the present command. Answers whether it was there. */
  public boolean remove(Transaction transaction, Key rowKey) {
    Optional<R> old = get(transaction, rowKey);
    if (old.isEmpty()) {
      return false;
    }
    long at = transaction.publicIndex();
    transaction.remove(id, rowKey, at);
    for (Index<R> index : indexes) {
      keysIn(index, old.get(), rowKey).forEach(gone -> transaction.unlink(index.id(), gone, at));
    }
    return true;
  }

  /** Builds the secondary trees over a row that was read from a snapshot. */
  void link(SnapshotSink sink, byte[] rowKey, byte[] value, long valueId, long modifiedAt) {
    if (indexes.isEmpty()) {
      return;
    }
    R row = parse(value);
    for (Index<R> index : indexes) {
      for (Key indexKey : keysIn(index, row, Key.wrap(rowKey))) {
        sink.leaf(index.id(), indexKey.bytes(), valueId, modifiedAt);
      }
    }
  }

  List<TableId> indexIds() {
    return indexes.stream().map(Index::id).toList();
  }

  /** Each once. */
  private static <R> Collection<Key> keysIn(Index<R> index, R row, Key rowKey) {
    return behind(index.keys().apply(row), rowKey);
  }

  private static Collection<Key> behind(List<Key> beginnings, Key rowKey) {
    if (beginnings.isEmpty()) {
      return List.of();
    }
    if (beginnings.size() == 1) {
      return List.of(beginnings.get(0).then(rowKey));
    }
    Set<Key> keys = new LinkedHashSet<>();
    for (Key beginning : beginnings) {
      keys.add(beginning.then(rowKey));
    }
    return keys;
  }

  /** The index at which the row was made; 0 if it does not say. */
  public long createIndex(R row) {
    Stamp fields = stamp();
    return fields.both() != null
        ? ((RaftIndex) row.getField(fields.both())).getCreateIndex()
        : fields.createIndex() != null ? (long) row.getField(fields.createIndex()) : 0;
  }

  /** The index at which the row was changed last; 0 if it does not say. */
  public long modifyIndex(R row) {
    Stamp fields = stamp();
    return fields.both() != null
        ? ((RaftIndex) row.getField(fields.both())).getModifyIndex()
        : fields.modifyIndex() != null ? (long) row.getField(fields.modifyIndex()) : 0;
  }

  private R stamped(R row, long createdAt, long modifiedAt) {
    Stamp fields = stamp();
    if (fields.both() == null && fields.createIndex() == null && fields.modifyIndex() == null) {
      return row;
    }
    Message.Builder builder = row.toBuilder();
    if (fields.both() != null) {
      builder.setField(
          fields.both(),
          RaftIndex.newBuilder().setCreateIndex(createdAt).setModifyIndex(modifiedAt).build());
    }
    if (fields.createIndex() != null) {
      builder.setField(fields.createIndex(), createdAt);
    }
    if (fields.modifyIndex() != null) {
      builder.setField(fields.modifyIndex(), modifiedAt);
    }
    return own(builder.build());
  }

  private R parse(byte[] value) {
    try {
      return own(prototype.getParserForType().parseFrom(value));
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.DECODE_FAILED, "a row of " + id + " cannot be read", e);
    }
  }

  @SuppressWarnings("unchecked")
  private R own(Message message) {
    return (R) message;
  }

  /** Maps in the order of their keys: replicas must have the same bytes. */
  private static byte[] serialize(Message row) {
    byte[] bytes = new byte[row.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      row.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }
}
