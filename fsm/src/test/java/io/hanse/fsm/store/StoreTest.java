package io.hanse.fsm.store;

import static io.hanse.fsm.store.TestTables.KV;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
  @Test
  void shouldShowAVersionAsItWasHoweverMuchIsAppliedAfterIt() {
    try (Store store = TestTables.store()) {
      TestTables.put(store, "a", "1");
      try (View old = store.view()) {
        TestTables.put(store, "a", "2");
        for (int i = 0; i < 1_000; i++) {
          TestTables.put(store, "b", Integer.toString(i));
        }
        assertThat(KV.get(old, TestTables.kvKey("a")).orElseThrow().getValue().toStringUtf8())
            .isEqualTo("1");
        assertThat(store.stats().oldestViewLag()).isEqualTo(1_001);
        assertThat(store.stats().retiredValues()).isEqualTo(1_000);
      }
      for (int i = 0; i < 20; i++) {
        TestTables.put(store, "b", "more" + i);
      }
      assertThat(store.stats().retiredValues()).isLessThanOrEqualTo(1);
      assertThat(store.stats().oldestViewLag()).isZero();
    }
  }

  @Test
  void shouldRefuseToReadAClosedView() {
    try (Store store = TestTables.store()) {
      TestTables.put(store, "a", "1");
      View view = store.view();
      view.get(TableId.KV, TestTables.kvKey("a"));
      view.close();
      view.close();
      assertThat(view.readIndex()).isEqualTo(2);
      assertThat(view.reads().reads()).hasSize(1);
      assertThatThrownBy(() -> view.get(TableId.KV, TestTables.kvKey("a")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldRefuseMoreViewsThanThereAreSlots() {
    try (Store store = TestTables.store(TestTables.settings().withViewsMax(3))) {
      List<View> views = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        views.add(store.view());
      }
      assertThatThrownBy(store::view)
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.OVERLOADED));
      views.get(1).close();
      store.view().close();
      assertThat(store.stats().openViews()).isEqualTo(2);
    }
  }

  @Test
  void shouldRefuseWhatGrowsOverTheQuotaAndLeaveNothingOfIt() {
    try (Store store = TestTables.store(TestTables.settings().withQuota(3, 200))) {
      TestTables.apply(
          store,
          List.of(TestTables.kv("a", "1"), TestTables.kv("b", "1"), TestTables.kv("c", "1")));
      long digest = store.version().digest();
      Transaction transaction = TestTables.next(store);
      transaction.nextIndex();
      KV.remove(transaction, TestTables.kvKey("a"));
      KV.put(transaction, TestTables.kv("d", "1"));
      assertThatThrownBy(() -> KV.put(transaction, TestTables.kv("e", "1")))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.code()).isEqualTo(ProblemCode.QUOTA_EXCEEDED));
      assertThatThrownBy(() -> KV.put(transaction, TestTables.kv("d", "x".repeat(300))))
          .isInstanceOf(ProblemException.class);
      transaction.rollbackCommand();
      transaction.publish();
      assertThat(store.version().digest()).isEqualTo(digest);
      assertThat(store.version().publicIndex()).isEqualTo(3);
      assertThat(store.version().rows()).isEqualTo(3);
      try (View view = store.view()) {
        assertThat(KV.list(view, Key.EMPTY)).hasSize(3);
        assertThat(view.readIndex()).isEqualTo(2);
      }
    }
  }

  @Test
  void shouldGiveEachCommandOfAnEntryAnIndexOfItsOwn() {
    try (Store store = TestTables.store()) {
      Transaction transaction = TestTables.next(store);
      assertThat(transaction.nextIndex()).isEqualTo(2);
      KV.put(transaction, TestTables.kv("a", "1"));
      assertThat(transaction.nextIndex()).isEqualTo(3);
      KV.overwrite(transaction, TestTables.kv("a", "1"));
      transaction.publish();
      try (View view = store.view()) {
        assertThat(KV.createIndex(KV.get(view, TestTables.kvKey("a")).orElseThrow())).isEqualTo(2);
        assertThat(KV.modifyIndex(KV.get(view, TestTables.kvKey("a")).orElseThrow())).isEqualTo(3);
      }
      assertThatThrownBy(() -> store.begin(0, 0)).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void shouldScanWhatWasThereWhenTheScanBegan() {
    try (Store store = TestTables.store()) {
      Transaction transaction = TestTables.next(store);
      transaction.nextIndex();
      for (int i = 0; i < 500; i++) {
        KV.put(transaction, TestTables.kv("k" + i, "1"));
      }
      List<String> seen = new ArrayList<>();
      KV.forEach(
          transaction,
          Key.EMPTY,
          row -> {
            seen.add(row.getKey());
            KV.remove(transaction, KV.key(row));
            KV.put(transaction, TestTables.kv("later" + row.getKey(), "1"));
          });
      assertThat(seen).hasSize(500).doesNotHaveDuplicates();
      assertThat(KV.list(transaction, Key.EMPTY).size()).isEqualTo(500);
      assertThat(KV.list(transaction, TestTables.kvKey("k")).size()).isZero();
    }
  }

  @Test
  void shouldReapTheOldestTombstonesFirstAndNotAllAtOnce() {
    try (Store store = TestTables.store()) {
      Transaction writes = store.begin(1, 1_000);
      writes.nextIndex();
      for (int i = 0; i < 12_000; i++) {
        writes.put(TableId.KV, Key.EMPTY.then(i), new byte[1], writes.publicIndex());
      }
      writes.publish();
      Transaction deletions = store.begin(2, 2_000);
      long index = deletions.nextIndex();
      for (int i = 0; i < 12_000; i++) {
        deletions.remove(TableId.KV, Key.EMPTY.then(i), index);
      }
      deletions.publish();
      assertThat(store.stats().tombstones()).isEqualTo(12_000);
      Transaction reap = store.begin(3, 3_000);
      assertThat(reap.reap(2_000)).isFalse();
      assertThat(reap.size(TableId.TOMBSTONES)).isEqualTo(12_000);
      assertThat(reap.reap(2_001)).isTrue();
      assertThat(reap.size(TableId.TOMBSTONES)).isEqualTo(2_000);
      assertThat(reap.reap(2_001)).isFalse();
      reap.publish();
      assertThat(store.stats().tombstones()).isZero();
      try (View view = store.view()) {
        assertThat(view.get(TableId.KV, Key.EMPTY.then(3))).isNull();
        assertThat(view.readIndex()).isEqualTo(index);
      }
    }
  }

  @Test
  void shouldNotLetTheClockOfTheLogGoBack() {
    try (Store store = TestTables.store()) {
      store.begin(1, 500).publish();
      Transaction transaction = store.begin(2, 300);
      assertThat(transaction.timeMillis()).isEqualTo(500);
    }
  }

  @Test
  void shouldMoveValuesOffTheHeapALittleWithEachEntry() {
    List<Runnable> background = new ArrayList<>();
    StoreSettings settings = TestTables.settings().withHeapBytesMax(20_000);
    try (Store store = new Store(settings, background::add, Runnable::run)) {
      for (int i = 0; i < 3_000; i++) {
        TestTables.put(store, "k" + i, "value of " + i);
      }
      assertThat(background).hasSize(1);
      assertThat(store.stats().offHeapBytes()).isZero();
      background.get(0).run();
      assertThat(store.stats().offHeapBytes()).isPositive();
      for (int i = 0; i < 6; i++) {
        TestTables.put(store, "more" + i, "x");
      }
      TestTables.remove(store, "k7");
      try (View view = store.view()) {
        assertThat(KV.list(view, Key.EMPTY)).hasSize(3_005);
        for (int i = 8; i < 3_000; i++) {
          assertThat(
                  KV.get(view, TestTables.kvKey("k" + i)).orElseThrow().getValue().toStringUtf8())
              .isEqualTo("value of " + i);
        }
      }
      assertThat(background).hasSize(1);
    }
  }

  @Test
  void shouldReadNoMoreThanAViewMay() {
    try (Store store = TestTables.store()) {
      for (int i = 0; i < 10; i++) {
        TestTables.put(store, "k" + i, "v".repeat(1_000));
      }
      try (View view = store.view()) {
        view.boundBytes(5_000);
        assertThat(KV.get(view, TestTables.kvKey("k1"))).isPresent();
        assertThatThrownBy(() -> KV.list(view, Key.EMPTY))
            .isInstanceOfSatisfying(
                ProblemException.class,
                problem -> assertThat(problem.code()).isEqualTo(ProblemCode.TOO_LARGE));
      }
      try (View view = store.view()) {
        assertThat(KV.list(view, Key.EMPTY)).hasSize(10);
      }
    }
  }

  @Test
  void shouldEndATurnOfReadingForGood() {
    try (Store store = TestTables.store()) {
      for (int i = 0; i < 10; i++) {
        TestTables.put(store, "k" + i, "v".repeat(1_000));
      }
      try (View view = store.view()) {
        view.boundTurn(5_000);
        assertThat(KV.get(view, TestTables.kvKey("k1"))).isPresent();
        view.requireTurn();
        assertThatThrownBy(() -> KV.list(view, Key.EMPTY)).isInstanceOf(TurnOverException.class);
        assertThatThrownBy(view::requireTurn).isInstanceOf(TurnOverException.class);
      }
      try (View view = store.view()) {
        view.boundTurn(100);
        assertThatThrownBy(() -> view.scanKeys(KV.id(), Key.EMPTY, Key.EMPTY, (key, index) -> true))
            .isInstanceOf(TurnOverException.class);
      }
    }
  }

  /** Two tables are always written alike: no view may see them differ, or miss a value. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, 0, 1_000})
  void shouldShowReadersWholeEntriesOnly(long heapBytes) throws Exception {
    StoreSettings settings = TestTables.settings().withHeapBytesMax(heapBytes);
    try (Store store = TestTables.store(settings)) {
      AtomicBoolean isDone = new AtomicBoolean();
      List<CompletableFuture<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(CompletableFuture.supplyAsync(() -> readUntil(store, isDone)));
      }
      for (int i = 0; i < 6_000; i++) {
        Key key = Key.of("k" + i * 31 % 50);
        Transaction transaction = TestTables.next(store);
        long index = transaction.nextIndex();
        if (i % 10 == 0) {
          transaction.remove(TableId.KV, key, index);
          transaction.remove(TableId.NODES, key, index);
        } else {
          byte[] value = Integer.toString(i).getBytes(UTF_8);
          transaction.put(TableId.KV, key, value, index);
          transaction.put(TableId.NODES, key, value, index);
        }
        transaction.publish();
      }
      isDone.set(true);
      for (CompletableFuture<Long> reader : readers) {
        assertThat(reader.get(20, TimeUnit.SECONDS)).isPositive();
      }
    }
  }

  private static long readUntil(Store store, AtomicBoolean isDone) {
    long rounds = 0;
    while (!isDone.get() || rounds == 0) {
      try (View view = store.view()) {
        Key key = Key.of("k" + rounds % 50);
        byte[] one = view.get(TableId.KV, key);
        byte[] other = view.get(TableId.NODES, key);
        if (!Arrays.equals(one, other)) {
          throw new AssertionError("torn read of " + key);
        }
        view.scan(TableId.KV, Key.EMPTY, (each, value, index) -> value.length > 0);
        rounds++;
      }
    }
    return rounds;
  }
}
