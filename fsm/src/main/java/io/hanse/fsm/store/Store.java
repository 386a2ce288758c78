package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The state, in versions. One thread applies the log to it; any thread reads, without waiting and
 * without being waited for.
 *
 * <p>A version holds an immutable tree per table, from keys to ids of values, and is published by
 * one volatile write per entry of the log: whoever has it sees all tables at one index. Values are
 * written once and freed when no open view needs them.
 */
public final class Store implements AutoCloseable {
  /** Values freed with each entry of the log, besides as many again as it replaced. */
  private static final int FREED_WITH_ENTRY_MIN = 64;

  private static final int MOVED_WITH_ENTRY_MAX = 1_000;

  /** The first entry of a log has index 0. */
  private static final long BEFORE_THE_LOG = -1;

  /** What a read of nothing answers, and so not the index of any command. */
  private static final long EMPTY_INDEX = 1;

  /** All values of a state that was replaced, closed once no view is older than the version. */
  private record Replaced(TieredValues values, long sequence) {}

  private final StoreSettings settings;
  private final Executor background;
  private final ViewSlots slots;
  private final WatchRegistry watches;

  private volatile Version current;
  private volatile int retiredCount;

  // The applying thread's own.
  private final ParsedRows parsedRows = new ParsedRows();
  private final Retired retired = new Retired();
  private final Deque<Replaced> replaced = new ArrayDeque<>();
  private long lastValueNumber;
  private @Nullable Restoration restoration;

  /**
   * An empty state, at public index 1.
   *
   * @param background runs what may take seconds, and wakes watches
   */
  public Store(StoreSettings settings, Executor background) {
    this(settings, background, background);
  }

  /**
   * An empty state, at public index 1.
   *
   * @param background runs what may take seconds
   * @param wakes wakes watches
   */
  public Store(StoreSettings settings, Executor background, Executor wakes) {
    this.settings = settings;
    this.background = background;
    slots = new ViewSlots(settings.viewsMax());
    Tree[] trees = new Tree[TableId.COUNT];
    Arrays.fill(trees, Tree.EMPTY);
    current =
        new Version(
            1,
            1,
            new TieredValues(settings, background),
            trees,
            new long[TableId.COUNT],
            Totals.NONE,
            new Position(BEFORE_THE_LOG, EMPTY_INDEX, 0));
    watches = new WatchRegistry(this::version, settings.watchesMax(), wakes);
  }

  /** The newest version, pinned until it is closed. */
  public View view() {
    return slots.open(this::version);
  }

  /** The newest version: where it stands. To read rows, open a view. */
  public Version version() {
    return current;
  }

  public WatchRegistry watches() {
    return watches;
  }

  public StoreStats stats() {
    Version version = current;
    return new StoreStats(
        version.rows(),
        version.bytes(),
        version.size(TableId.TOMBSTONES),
        slots.openCount(),
        version.sequence - slots.oldest(version.sequence),
        retiredCount,
        version.values.offHeapBytes(),
        watches.count());
  }

  /** Begins the next version. Called by the applying thread, which ends one before the next. */
  public Transaction begin(long logIndex, long timeMillis) {
    Version base = current;
    if (logIndex <= base.logIndex()) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN,
          "log index " + logIndex + " was applied before: the state is at " + base.logIndex());
    }
    return new Transaction(this, base, logIndex, Math.max(timeMillis, base.timeMillis()));
  }

  StoreSettings settings() {
    return settings;
  }

  ParsedRows parsedRows() {
    return parsedRows;
  }

  static byte[] value(Values values, long id) {
    byte[] value = values.get(id);
    if (value == null) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "the value " + id + " is gone while it is in use");
    }
    return value;
  }

  long keep(byte[] value) {
    long id = nextValueId(value);
    current.values.put(id, value);
    return id;
  }

  void discard(long id) {
    current.values.remove(id);
  }

  void publish(
      Version base,
      Version next,
      LongList replacedIds,
      List<Tree> replacedTrees,
      List<Transaction.Change> changes) {
    if (current != base) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN,
          "two transactions at one time, at log index " + next.logIndex());
    }
    for (int i = 0; i < replacedIds.size(); i++) {
      retired.add(next.sequence, replacedIds.at(i));
    }
    replacedTrees.forEach(tree -> retired.add(next.sequence, tree));
    current = next;
    free(FREED_WITH_ENTRY_MIN + 2 * replacedIds.size());
    next.values.moveAtMost(MOVED_WITH_ENTRY_MAX);
    if (next.generation == base.generation) {
      watches.wake(changes);
    } else {
      watches.stateReplaced();
    }
  }

  private void free(int max) {
    long oldest = slots.oldest(current.sequence);
    retired.free(current.values, oldest, max);
    retired.freeTrees(current.values, oldest);
    retiredCount = retired.size();
    while (!replaced.isEmpty() && replaced.peek().sequence() <= oldest) {
      replaced.remove().values().close();
    }
  }

  /** An empty state beside the present one, for {@link #replace}. */
  Loading load(long expectedBytes) {
    return Loading.atOnce(this, new TieredValues(settings, background), expectedBytes);
  }

  /** What is built of the restore: of one at a time. */
  Restoration restoration(String id, long bytes) {
    Restoration known = restoration;
    if (known != null && known.isOf(id, bytes)) {
      return known;
    }
    dropRestoration();
    Loading loading = Loading.bitByBit(this, current.values, bytes);
    Restoration begun = new Restoration(this, id, bytes, loading);
    restoration = begun;
    return begun;
  }

  /** Frees what was built. */
  void dropRestoration() {
    Restoration known = restoration;
    if (known != null) {
      restoration = null;
      known.discard();
    }
  }

  /** What was built belongs to the state, or its values are gone with an older one. */
  void forgetRestoration() {
    restoration = null;
  }

  /** Frees values, little by little, that no version has had. */
  void free(Loading unused) {
    unused.seal();
    for (TableId table : TableId.values()) {
      if (!table.isSecondary()) {
        retired.add(0, unused.tree(table));
      }
    }
    unused.clear();
  }

  long nextValueId(byte[] value) {
    return Values.id(++lastValueNumber, value);
  }

  /** All ids that are given out from now on are above it. */
  long lastValueId() {
    return lastValueNumber << 1;
  }

  /**
   * Puts a loaded state in place of the present one. Called by the applying thread.
   *
   * @param digest of the loaded state
   */
  void replace(Loading loaded, long digest) {
    Version old = current;
    Version next = loaded.version(old.sequence + 1, old.generation + 1, digest);
    retired.clear();
    forgetRestoration();
    replaced.add(new Replaced(old.values, next.sequence));
    current = next;
    free(0);
    watches.stateReplaced();
  }

  /** Frees the memory. No view may be open, and none is opened any more. */
  @Override
  public void close() {
    replaced.forEach(old -> old.values().close());
    current.values.close();
  }
}
