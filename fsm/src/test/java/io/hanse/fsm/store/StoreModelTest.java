package io.hanse.fsm.store;

import static io.hanse.fsm.store.TestTables.CHECKS;
import static io.hanse.fsm.store.TestTables.KV;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.RaftIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random histories of a store against plain maps, with every kind of memory for values. */
class StoreModelTest {
  private static final String[] STATES = {"passing", "warning", "critical"};
  private static final String[] SERVICES = {"", "web", "api", "db"};

  /** What is in the two tables, by key. */
  private record Model(TreeMap<Key, KvEntry> kv, TreeMap<Key, HealthCheck> checks) {
    Model() {
      this(new TreeMap<>(), new TreeMap<>());
    }

    Model copy() {
      return new Model(new TreeMap<>(kv), new TreeMap<>(checks));
    }
  }

  private record Pinned(View view, Model model) {}

  /** What a client could watch. */
  private static final List<ReadSet.Read> PROBES =
      List.of(
          new ReadSet.Read(TableId.KV, TestTables.kvKey("a/3"), false),
          new ReadSet.Read(TableId.KV, TestTables.kvKey("a/3"), true),
          new ReadSet.Read(TableId.KV, TestTables.kvKey("b/"), true),
          new ReadSet.Read(TableId.KV, Key.EMPTY, true),
          new ReadSet.Read(TableId.CHECKS, Key.of("n1"), true),
          new ReadSet.Read(TableId.CHECKS, Key.of("n1", "c2"), false),
          new ReadSet.Read(TableId.CHECKS_BY_STATE, Key.of("critical"), true),
          new ReadSet.Read(TableId.CHECKS_BY_SERVICE, Key.of("web"), true),
          new ReadSet.Read(TableId.CHECKS_BY_SERVICE, Key.of("any"), true));

  @Provide
  Arbitrary<Long> heapBytes() {
    return Arbitraries.of(TestTables.HEAP_BYTES);
  }

  @Property(tries = 9)
  void shouldAgreeWithAModelInEachViewAndAfterARestore(
      @ForAll long seed, @ForAll("heapBytes") long heapBytes) throws IOException {
    Random random = new Random(seed);
    StoreSettings settings = TestTables.settings().withHeapBytesMax(heapBytes);
    try (Store store = TestTables.store(settings);
        Store copy = TestTables.store(settings)) {
      Model model = new Model();
      List<Pinned> pinned = new ArrayList<>();
      for (int entry = 0; entry < 400; entry++) {
        applyEntry(store, model, random);
        if (entry % 80 == 7) {
          pinned.add(new Pinned(store.view(), model.copy()));
        }
        if (entry == 200) {
          pinned.remove(0).view().close();
        }
      }
      pinned.forEach(one -> check(one.view(), one.model()));

      Path file = Files.createTempFile("state", ".snapshot");
      try (View view = store.view()) {
        check(view, model);
        SnapshotFile.write(view, 3, file, FolderSync.ofDisk());
      }
      SnapshotFile.load(file, TestTables.SCHEMA, copy);
      Files.delete(file);
      assertSame(store, copy);
      long restart = random.nextLong();
      applyEntry(copy, model.copy(), new Random(restart));
      applyEntry(store, model, new Random(restart));
      assertSame(store, copy);

      pinned.forEach(one -> check(one.view(), one.model()));
      pinned.forEach(one -> one.view().close());
      for (int i = 0; i < 100; i++) {
        TestTables.next(store).publish();
      }
      assertThat(store.stats().openViews()).isZero();
      assertThat(store.stats().retiredValues()).isZero();
    }
  }

  @Property(tries = 5)
  void shouldNeverLetAnIndexGoBackAndWakeExactlyThoseWhoseReadsChanged(@ForAll long seed) {
    Random random = new Random(seed);
    StoreSettings settings =
        TestTables.settings().withTombstonesMax(random.nextBoolean() ? 15 : 100_000);
    try (Store store = TestTables.store(settings)) {
      Model model = new Model();
      for (int entry = 0; entry < 400; entry++) {
        Map<ReadSet.Read, Long> indexes = new LinkedHashMap<>();
        Map<ReadSet.Read, List<String>> contents = new LinkedHashMap<>();
        List<ReadSet.Read> woken = new ArrayList<>();
        List<Runnable> ends = new ArrayList<>();
        for (ReadSet.Read probe : PROBES) {
          indexes.put(probe, index(store, probe));
          contents.put(probe, content(store, probe));
          ReadSet reads = new ReadSet(Set.of(probe));
          ends.add(store.watches().watch(reads, indexes.get(probe), () -> woken.add(probe)));
        }
        boolean isReap = entry % 50 == 49;
        if (isReap) {
          reap(store);
        } else {
          applyEntry(store, model, random);
        }
        for (ReadSet.Read probe : PROBES) {
          long before = indexes.get(probe);
          boolean isChanged = !content(store, probe).equals(contents.get(probe));
          assertThat(index(store, probe)).as("index of %s", probe).isGreaterThanOrEqualTo(before);
          if (isChanged) {
            assertThat(index(store, probe)).as("index of %s", probe).isGreaterThan(before);
            assertThat(woken).as("woken").contains(probe);
          }
          if (isReap || (settings.tombstonesMax() > 15 && index(store, probe) == before)) {
            assertThat(woken).as("woken").doesNotContain(probe);
          }
        }
        ends.forEach(Runnable::run);
        assertThat(store.watches().count()).isZero();
      }
    }
  }

  private static void reap(Store store) {
    Transaction transaction = TestTables.next(store);
    transaction.nextIndex();
    transaction.reap(store.version().timeMillis() - 200);
    transaction.publish();
  }

  private static long index(Store store, ReadSet.Read probe) {
    return store.version().newest(List.of(probe));
  }

  private static List<String> content(Store store, ReadSet.Read probe) {
    try (View view = store.view()) {
      if (probe.isPrefix()) {
        return TestTables.content(view, probe.table(), probe.key());
      }
      byte[] value = view.get(probe.table(), probe.key());
      return value == null ? List.of() : List.of(Arrays.toString(value));
    }
  }

  /** A few commands, of which some are taken back. */
  private static void applyEntry(Store store, Model model, Random random) {
    Transaction transaction = TestTables.next(store);
    for (int command = 1 + random.nextInt(4); command > 0; command--) {
      long index = transaction.nextIndex();
      Model before = model.copy();
      for (int change = random.nextInt(4); change > 0; change--) {
        change(transaction, model, random, index);
      }
      if (random.nextInt(4) == 0) {
        transaction.rollbackCommand();
        model.kv().clear();
        model.kv().putAll(before.kv());
        model.checks().clear();
        model.checks().putAll(before.checks());
      }
    }
    if (random.nextInt(8) == 0) {
      check(transaction, model);
    }
    transaction.publish();
  }

  private static void change(Transaction transaction, Model model, Random random, long index) {
    String kvKey = (random.nextBoolean() ? "a/" : "b/") + random.nextInt(40);
    String node = "n" + random.nextInt(4);
    String id = "c" + random.nextInt(10);
    switch (random.nextInt(6)) {
      case 0 -> {
        boolean wasThere = model.kv().remove(TestTables.kvKey(kvKey)) != null;
        assertThat(KV.remove(transaction, TestTables.kvKey(kvKey))).isEqualTo(wasThere);
      }
      case 1 -> {
        boolean wasThere = model.checks().remove(Key.of(node, id)) != null;
        assertThat(CHECKS.remove(transaction, Key.of(node, id))).isEqualTo(wasThere);
      }
      case 2, 3 -> {
        String value = "v".repeat(random.nextInt(random.nextInt(20) == 0 ? 6_000 : 30));
        KvEntry row = TestTables.kv(kvKey, value);
        KvEntry old = model.kv().get(KV.key(row));
        boolean isSame = old != null && old.getValue().equals(row.getValue());
        assertThat(KV.put(transaction, row)).isEqualTo(!isSame);
        if (!isSame) {
          long created = old == null ? index : old.getRaftIndex().getCreateIndex();
          model.kv().put(KV.key(row), row.toBuilder().setRaftIndex(raft(created, index)).build());
        }
      }
      default -> {
        HealthCheck row =
            TestTables.check(node, id, SERVICES[random.nextInt(4)], STATES[random.nextInt(3)]);
        HealthCheck old = model.checks().get(CHECKS.key(row));
        boolean isSame = old != null && old.toBuilder().clearRaftIndex().build().equals(row);
        assertThat(CHECKS.put(transaction, row)).isEqualTo(!isSame);
        if (!isSame) {
          long created = old == null ? index : old.getRaftIndex().getCreateIndex();
          HealthCheck stamped = row.toBuilder().setRaftIndex(raft(created, index)).build();
          model.checks().put(CHECKS.key(row), stamped);
        }
      }
    }
  }

  private static RaftIndex raft(long created, long modified) {
    return RaftIndex.newBuilder().setCreateIndex(created).setModifyIndex(modified).build();
  }

  private static void check(Rows rows, Model model) {
    assertThat(KV.list(rows, Key.EMPTY)).isEqualTo(List.copyOf(model.kv().values()));
    assertThat(CHECKS.list(rows, Key.EMPTY)).isEqualTo(List.copyOf(model.checks().values()));
    assertThat(rows.size(TableId.CHECKS)).isEqualTo(model.checks().size());
    for (String state : STATES) {
      assertThat(CHECKS.listBy(rows, TableId.CHECKS_BY_STATE, Key.of(state)))
          .isEqualTo(
              model.checks().values().stream()
                  .filter(row -> row.getStatus().equals(state))
                  .toList());
    }
    for (String service : new String[] {"web", "api", "db"}) {
      assertThat(CHECKS.listBy(rows, TableId.CHECKS_BY_SERVICE, Key.of(service)))
          .isEqualTo(
              model.checks().values().stream()
                  .filter(row -> row.getServiceName().equals(service))
                  .toList());
    }
  }

  private static void assertSame(Store store, Store other) {
    try (View view = store.view();
        View others = other.view()) {
      assertThat(others.digest()).isEqualTo(view.digest());
      assertThat(others.publicIndex()).isEqualTo(view.publicIndex());
      assertThat(others.timeMillis()).isEqualTo(view.timeMillis());
      assertThat(others.logIndex()).isEqualTo(view.logIndex());
      assertThat(other.version().totals()).isEqualTo(store.version().totals());
      for (TableId table : TableId.values()) {
        assertThat(TestTables.content(others, table, Key.EMPTY))
            .isEqualTo(TestTables.content(view, table, Key.EMPTY));
        assertThat(other.version().floor(table)).isEqualTo(store.version().floor(table));
      }
      for (ReadSet.Read probe : PROBES) {
        assertThat(index(other, probe)).isEqualTo(index(store, probe));
      }
    }
  }
}
