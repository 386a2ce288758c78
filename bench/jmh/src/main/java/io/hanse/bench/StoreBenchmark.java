package io.hanse.bench;

import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.store.View;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the store costs beside the sorted map of the JDK, which has neither versions nor indexes:
 * the ratio of the two says more than either number.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // the framework calls fill() first
public class StoreBenchmark {
  private static final int VALUE_BYTES = 300;
  private static final int ROWS_OF_PREFIX = 1_000;

  @Param({"100000"})
  int rows;

  /** Where values are. */
  @Param({"heap", "native"})
  String memory;

  private Store store;
  private ConcurrentSkipListMap<Key, byte[]> map;
  private Key[] keys;
  private byte[] value;
  private int next;

  @Setup
  public void fill() {
    long heapBytesMax = memory.equals("heap") ? Long.MAX_VALUE : 0;
    store = new Store(StoreSettings.defaults().withHeapBytesMax(heapBytesMax), Runnable::run);
    map = new ConcurrentSkipListMap<>();
    keys = new Key[rows];
    value = new byte[VALUE_BYTES];
    for (int i = 0; i < rows; i++) {
      keys[i] = Key.of("app", "group-" + i / ROWS_OF_PREFIX, "key-" + i);
    }
    for (int i = 0; i < rows; i++) {
      Key key = nextKey();
      apply(key);
      map.put(key, value);
    }
  }

  @TearDown
  public void close() {
    store.close();
  }

  /** Walks all keys, but not in their order. */
  private Key nextKey() {
    next = (int) ((next + 2_654_435_761L) % rows);
    return keys[next];
  }

  private void apply(Key key) {
    long logIndex = store.version().logIndex() + 1;
    Transaction transaction = store.begin(logIndex, logIndex);
    transaction.put(TableId.KV, key, value.clone(), transaction.nextIndex());
    transaction.publish();
  }

  @Benchmark
  public void put() {
    apply(nextKey());
  }

  @Benchmark
  public @Nullable Object putBaseline() {
    return map.put(nextKey(), value.clone());
  }

  @Benchmark
  public @Nullable Object get() {
    try (View view = store.view()) {
      return view.get(TableId.KV, nextKey());
    }
  }

  @Benchmark
  public @Nullable Object getBaseline() {
    return map.get(nextKey());
  }

  /** The newest index under a thousand rows, as a blocking query asks for it. */
  @Benchmark
  public long readIndex() {
    try (View view = store.view()) {
      Key prefix = nextPrefix();
      view.scanKeys(TableId.KV, prefix, prefix, (key, index) -> false);
      return view.readIndex();
    }
  }

  /** A thousand rows with their values. */
  @Benchmark
  public long scan() {
    long[] bytes = {0};
    try (View view = store.view()) {
      view.scan(TableId.KV, nextPrefix(), (key, row, index) -> (bytes[0] += row.length) > 0);
    }
    return bytes[0];
  }

  @Benchmark
  public long scanBaseline() {
    long bytes = 0;
    Key prefix = nextPrefix();
    for (byte[] row : map.subMap(prefix, prefix.then(Long.MAX_VALUE)).values()) {
      bytes += row.length;
    }
    return bytes;
  }

  private Key nextPrefix() {
    next = (next + 7_919) % rows;
    return Key.of("app", "group-" + next / ROWS_OF_PREFIX);
  }
}
