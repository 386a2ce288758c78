package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatchRegistryTest {
  private static ReadSet reads(TableId table, Key key, boolean isPrefix) {
    return new ReadSet(Set.of(new ReadSet.Read(table, key, isPrefix)));
  }

  @Test
  void shouldWakeOnceByTheKeyOrAPrefixOfIt() {
    try (Store store = TestTables.store()) {
      AtomicInteger byKey = new AtomicInteger();
      AtomicInteger byPrefix = new AtomicInteger();
      AtomicInteger byOther = new AtomicInteger();
      WatchRegistry watches = store.watches();
      watches.watch(reads(TableId.KV, TestTables.kvKey("a/b"), false), 1, byKey::incrementAndGet);
      watches.watch(reads(TableId.KV, TestTables.kvKey("a/"), true), 1, byPrefix::incrementAndGet);
      watches.watch(reads(TableId.KV, TestTables.kvKey("a"), false), 1, byOther::incrementAndGet);
      watches.watch(reads(TableId.NODES, Key.EMPTY, true), 1, byOther::incrementAndGet);
      TestTables.put(store, "a/c", "1");
      assertThat(byKey).hasValue(0);
      TestTables.put(store, "a/c", "2");
      TestTables.put(store, "a/b", "1");
      TestTables.put(store, "a/b", "2");
      assertThat(byKey).hasValue(1);
      assertThat(byPrefix).hasValue(1);
      assertThat(byOther).hasValue(0);
      assertThat(watches.count()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void shouldWakeAllOfOneKeyButThoseThatEnded(int count) {
    try (Store store = TestTables.store()) {
      ReadSet reads = reads(TableId.KV, TestTables.kvKey("a"), false);
      // The second time what waited before has gone.
      for (int round = 1; round <= 2; round++) {
        List<Integer> woken = new ArrayList<>();
        List<Runnable> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          int number = i;
          ends.add(store.watches().watch(reads, round, () -> woken.add(number)));
        }
        ends.get(0).run();
        TestTables.put(store, "a", "by round " + round);
        assertThat(woken).containsExactlyElementsOf(IntStream.range(1, count).boxed().toList());
        assertThat(store.watches().count()).isZero();
      }
    }
  }

  @Test
  void shouldWakeAtOnceWhenItIsTooLateToWait() {
    try (Store store = TestTables.store()) {
      AtomicInteger woken = new AtomicInteger();
      TestTables.put(store, "a", "1");
      TestTables.put(store, "a", "2");
      ReadSet reads = reads(TableId.KV, TestTables.kvKey("a"), false);
      store.watches().watch(reads, 1, woken::incrementAndGet);
      assertThat(woken).hasValue(1);
      Runnable end = store.watches().watch(reads, 3, woken::incrementAndGet);
      end.run();
      TestTables.put(store, "a", "3");
      assertThat(woken).hasValue(1);
      assertThat(store.watches().count()).isZero();
    }
  }

  @Test
  void shouldRefuseMoreThanItsBound() {
    try (Store store = TestTables.store(TestTables.settings().withWatchesMax(2))) {
      ReadSet reads = reads(TableId.KV, Key.EMPTY, true);
      store.watches().watch(reads, 1, () -> {});
      store.watches().watch(reads, 1, () -> {});
      assertThatThrownBy(() -> store.watches().watch(reads, 1, () -> {}))
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.OVERLOADED));
    }
  }

  /** Readers that only ever look again when woken must all see the last value. */
  @Test
  void shouldLoseNoWakeUp() throws Exception {
    int last = 20_000;
    ExecutorService wakes = Executors.newSingleThreadExecutor();
    ExecutorService readers = Executors.newFixedThreadPool(4);
    try (Store store = new Store(TestTables.settings(), Runnable::run, wakes)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int reader = i;
        all.add(readers.submit(() -> follow(store, "k" + reader % 2, Integer.toString(last))));
      }
      for (int i = 1; i <= last; i++) {
        String value = Integer.toString(i);
        TestTables.apply(store, List.of(TestTables.kv("k0", value), TestTables.kv("k1", value)));
      }
      for (Future<?> one : all) {
        one.get(90, TimeUnit.SECONDS);
      }
      assertThat(store.watches().count()).isZero();
    } finally {
      readers.shutdownNow();
      wakes.shutdownNow();
    }
  }

  private static Void follow(Store store, String key, String last) throws InterruptedException {
    while (true) {
      String value;
      ReadSet reads;
      long index;
      try (View view = store.view()) {
        value =
            TestTables.KV
                .get(view, TestTables.kvKey(key))
                .map(row -> row.getValue().toStringUtf8())
                .orElse("");
        reads = view.reads();
        index = view.readIndex();
      }
      if (value.equals(last)) {
        return null;
      }
      CountDownLatch woken = new CountDownLatch(1);
      store.watches().watch(reads, index, woken::countDown);
      if (!woken.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody woke the reader of " + key + " at " + value);
      }
    }
  }
}
