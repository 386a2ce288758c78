package io.hanse.fsm.store;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Values on the heap until they outgrow it, then in native memory; what a snapshot brings is packed
 * apart. The change is made beside the writer: another thread opens the maps, and the writer
 * carries a few values over with each entry of the log. A value is put into native memory before it
 * leaves the heap, and readers look on the heap first, so none of them misses it.
 */
final class TieredValues implements Values {
  /** A JVM has as much native memory for buffers as it has heap; others need some, too. */
  private static final long PACKED_BYTES_MAX = Runtime.getRuntime().maxMemory() / 2;

  private final StoreSettings settings;
  private final Executor background;
  private final ConcurrentHashMap<Long, byte[]> heap = new ConcurrentHashMap<>();
  private final AtomicBoolean opening = new AtomicBoolean();
  private final Object closing = new Object();

  /** Of each snapshot that was read. */
  private volatile List<PackedValues> packed = List.of();

  private volatile @Nullable ChronicleValues offHeap;
  private boolean closed;

  // The writer's own.
  private long heapBytes;
  private @Nullable Iterator<Map.Entry<Long, byte[]>> moving;

  TieredValues(StoreSettings settings, Executor background) {
    this.settings = settings;
    this.background = background;
    openIfDue();
  }

  @Override
  public void put(long id, byte[] value) {
    ChronicleValues target = offHeap;
    if (target != null) {
      target.put(id, value);
      return;
    }
    heap.put(id, value);
    heapBytes += value.length;
    openIfDue();
  }

  /**
   * Where values of a snapshot go, if they can. Called by the writer.
   *
   * @param firstId none of them has a smaller one
   * @param expectedBytes how much will come, as a hint
   */
  PackedValues pack(long firstId, long expectedBytes) {
    PackedValues more = new PackedValues(firstId, expectedBytes, PACKED_BYTES_MAX);
    List<PackedValues> all = new ArrayList<>(packed);
    all.removeIf(PackedValues::isDone);
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
    packed.forEach(each -> each.moveAtMost(count, this::put));
    moveOffHeap(count);
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

  /** What of so many bytes of a snapshot may not fit where they are packed. */
  private static long unpacked(long bytes) {
    return Math.max(0, bytes - PACKED_BYTES_MAX * 3 / 4);
  }

  /** Makes room for a snapshot that comes at once; blocks while native memory is opened. */
  void expect(long bytes) {
    if (heapBytes + unpacked(bytes) > settings.heapBytesMax()
        && opening.compareAndSet(false, true)) {
      open();
    }
  }

  /** Makes room for a snapshot that will come little by little, beside the writer. */
  void announce(long bytes) {
    openIfDue(heapBytes + unpacked(bytes));
  }

  private void openIfDue() {
    openIfDue(heapBytes);
  }

  private void openIfDue(long onHeap) {
    boolean due = onHeap > settings.heapBytesMax() || settings.heapBytesMax() == 0;
    if (due && opening.compareAndSet(false, true)) {
      background.execute(this::open);
    }
  }

  private void open() {
    ChronicleValues opened = new ChronicleValues(settings);
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
    packed = List.of();
  }
}
