package io.hanse.fsm.store;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Tombstone;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Two tables, one of them with secondary indexes, and stores to put them in. */
final class TestTables {
  static final Table<KvEntry> KV =
      Table.of(TableId.KV, KvEntry.getDefaultInstance(), row -> kvKey(row.getKey()));

  static final Table<HealthCheck> CHECKS =
      Table.of(
              TableId.CHECKS,
              HealthCheck.getDefaultInstance(),
              row -> Key.of(row.getNode(), row.getCheckId()))
          .indexedBy(TableId.CHECKS_BY_STATE, row -> List.of(Key.of(row.getStatus())))
          .indexedBy(
              TableId.CHECKS_BY_SERVICE,
              row ->
                  row.getServiceName().isEmpty()
                      ? List.of()
                      : List.of(Key.of(row.getServiceName()), Key.of("any")));

  static final Schema SCHEMA =
      new Schema(
          List.of(
              KV,
              CHECKS,
              Table.of(TableId.TOMBSTONES, Tombstone.getDefaultInstance(), row -> Key.EMPTY)));

  /** All values on the heap, all off it, and some moved in the middle. */
  static final List<Long> HEAP_BYTES = List.of(Long.MAX_VALUE, 0L, 3_000L);

  private TestTables() {}

  static Key kvKey(String key) {
    return Key.EMPTY.thenPrefix(key);
  }

  static KvEntry kv(String key, String value) {
    return KvEntry.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
  }

  static HealthCheck check(String node, String id, String service, String status) {
    return HealthCheck.newBuilder()
        .setNode(node)
        .setCheckId(id)
        .setServiceName(service)
        .setStatus(status)
        .build();
  }

  static StoreSettings settings() {
    return StoreSettings.defaults().withQuota(20_000, 4 << 20).withHeapBytesMax(Long.MAX_VALUE);
  }

  static Store store(StoreSettings settings) {
    return new Store(settings, Runnable::run);
  }

  static Store store() {
    return store(settings());
  }

  /** Applies one command as a log entry of its own. */
  static long apply(Store store, Collection<KvEntry> puts) {
    Transaction transaction = next(store);
    long index = transaction.nextIndex();
    puts.forEach(row -> KV.put(transaction, row));
    transaction.publish();
    return index;
  }

  static long put(Store store, String key, String value) {
    return apply(store, List.of(kv(key, value)));
  }

  static long remove(Store store, String key) {
    Transaction transaction = next(store);
    long index = transaction.nextIndex();
    KV.remove(transaction, kvKey(key));
    transaction.publish();
    return index;
  }

  static Transaction next(Store store) {
    Version version = store.version();
    return store.begin(version.logIndex() + 1, version.timeMillis() + 10);
  }

  /** Everything that can be read in a tree: keys, indexes, values. */
  static List<String> content(Rows rows, TableId table, Key prefix) {
    List<String> content = new ArrayList<>();
    rows.scan(
        table,
        prefix,
        (key, value, index) ->
            content.add(key + "@" + index + "=" + ByteString.copyFrom(value).toStringUtf8()));
    return content;
  }
}
