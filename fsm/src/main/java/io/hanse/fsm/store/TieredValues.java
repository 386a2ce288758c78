package io.hanse.fsm.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Values on the heap until they outgrow it, then in native memory; what a snapshot brings is packed
 * apart. The change is made beside the writer: another thread opens the maps, and the writer
 * carries a few values over with each entry of the log. A value is put into native memory before it
 * leaves the heap, and readers look on the heap first, so none of them misses it.
 */
final class TieredValues implements Values {
  /** So many values come before it is tried again what failed. */
  private static final int PAUSE_VALUES = 10_000;

  private final StoreSettings settings;
  private final Supplier<ChronicleValues> opener;
  private final Executor background;
  private final ConcurrentHashMap<Long, byte[]> heap = new ConcurrentHashMap<>();
  private final AtomicBoolean opening = new AtomicBoolean();
  private final Object closing = new Object();

  /** Of each snapshot that was read. */
  private volatile List<PackedValues> packed = List.of();

  private volatile @Nullable ChronicleValues offHeap;
  private boolean closed;

  private volatile boolean hasFailed;
  private boolean isFailureTold;

  // The writer's own.
  private long heapBytes;
  private int valuesUntilRetry = PAUSE_VALUES;
  private @Nullable Iterator<Map.Entry<Long, byte[]>> moving;

  TieredValues(StoreSettings settings, Executor background) {
    this(settings, background, () -> new ChronicleValues(settings));
  }

  /**
   * @param opener makes the native memory; may fail
   */
  TieredValues(StoreSettings settings, Executor background, Supplier<ChronicleValues> opener) {
    this.settings = settings;
    this.background = background;
    this.opener = opener;
    openIfDue();
  }

  @Override
  public void put(long id, byte[] value) {
    keep(id, value);
    openIfDue();
  }

  /** The same, of very many that come at once: it waits for native memory if there is need. */
  void putNow(long id, byte[] value) {
    keep(id, value);
    openNowIfDue();
  }

  private void keep(long id, byte[] value) {
    ChronicleValues target = offHeap;
    if (target != null) {
      target.put(id, value);
      return;
    }
    heap.put(id, value);
    heapBytes += value.length;
    if (hasFailed && --valuesUntilRetry <= 0) {
      valuesUntilRetry = PAUSE_VALUES;
      hasFailed = false;
      opening.set(false);
    }
  }

  /**
   * Where values of a snapshot go, if they can. Called by the writer.
   *
   * @param firstId none of them has a smaller one
   * @param expectedBytes how much will come, as a hint
   */
  PackedValues pack(long firstId, long expectedBytes) {
    PackedValues more = new PackedValues(firstId, expectedBytes);
    List<PackedValues> all = new ArrayList<>(packed);
    all.add(more);
    packed = List.copyOf(all);
    return more;
  }

  @Override
  public byte @Nullable [] get(long id) {
    for (PackedValues each : packed) {
      byte[] value = each.get(id);
      if (value != null) {
        return value;
      }
    }
    byte[] value = heap.get(id);
    if (value != null) {
      return value;
    }
    ChronicleValues others = offHeap;
    return others == null ? null : others.get(id);
  }

  @Override
  public void remove(long id) {
    for (PackedValues each : packed) {
      if (each.remove(id)) {
        return;
      }
    }
    byte[] value = heap.remove(id);
    if (value != null) {
      heapBytes -= value.length;
      return;
    }
    ChronicleValues others = offHeap;
    if (others != null) {
      others.remove(id);
    }
  }

  /** Carries values over, where room can be won by it. Called by the writer. */
  void moveAtMost(int count) {
    for (PackedValues each : packed) {
      each.moveAtMost(count, this::put);
      if (each.isDone()) {
        drop(each);
      }
    }
    moveOffHeap(count);
  }

  private void drop(PackedValues done) {
    List<PackedValues> all = new ArrayList<>(packed);
    all.remove(done);
    packed = List.copyOf(all);
    done.close();
  }

  private void moveOffHeap(int count) {
    ChronicleValues target = offHeap;
    if (target == null || heap.isEmpty()) {
      return;
    }
    Iterator<Map.Entry<Long, byte[]>> next = moving;
    for (int i = 0; i < count; i++) {
      if (next == null || !next.hasNext()) {
        next = heap.entrySet().iterator();
        if (!next.hasNext()) {
          break;
        }
      }
      Map.Entry<Long, byte[]> entry = next.next();
      target.put(entry.getKey(), entry.getValue());
      next.remove();
      heapBytes -= entry.getValue().length;
    }
    moving = heap.isEmpty() ? null : next;
  }

  /** Opens native memory if the heap has too much by now; blocks meanwhile. */
  private void openNowIfDue() {
    if (isDue() && opening.compareAndSet(false, true)) {
      open();
    }
  }

  private boolean isDue() {
    return heapBytes > settings.heapBytesMax() || settings.heapBytesMax() == 0;
  }

  private void openIfDue() {
    if (isDue() && opening.compareAndSet(false, true)) {
      background.execute(this::open);
    }
  }

  /** Where it fails the values stay on the heap. */
  private void open() {
    ChronicleValues opened;
    try {
      opened = opener.get();
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      if (!isFailureTold) {
        isFailureTold = true;
        // Java's own: the state machine knows no library but those that it keeps its rows by.
        Logger.getLogger(TieredValues.class.getName())
            .log(
                Level.SEVERE,
                "no native memory for values, which stay on the heap; it is tried again",
                e);
      }
      hasFailed = true;
      return;
    }
    synchronized (closing) {
      if (closed) {
        opened.close();
      } else {
        offHeap = opened;
      }
    }
  }

  @Override
  public long offHeapBytes() {
    ChronicleValues others = offHeap;
    long inBlocks = packed.stream().mapToLong(PackedValues::bytes).sum();
    return inBlocks + (others == null ? 0 : others.offHeapBytes());
  }

  @Override
  public void close() {
    synchronized (closing) {
      closed = true;
      ChronicleValues others = offHeap;
      if (others != null) {
        others.close();
      }
    }
    heap.clear();
    packed.forEach(PackedValues::close);
    packed = List.of();
  }
}
