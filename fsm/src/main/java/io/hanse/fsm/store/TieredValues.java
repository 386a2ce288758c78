package io.hanse.fsm.store;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Values on the heap until they outgrow it, then in native memory. The change is made beside the
 * writer: another thread opens the maps, and the writer carries a few values over with each entry
 * of the log. A value is put into native memory before it leaves the heap, and readers look on the
 * heap first, so none of them misses it.
 */
final class TieredValues implements Values {
  private final StoreSettings settings;
  private final Executor background;
  private final ConcurrentHashMap<Long, byte[]> heap = new ConcurrentHashMap<>();
  private final AtomicBoolean opening = new AtomicBoolean();
  private final Object closing = new Object();

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

  @Override
  public byte @Nullable [] get(long id) {
    byte[] value = heap.get(id);
    if (value != null) {
      return value;
    }
    ChronicleValues others = offHeap;
    return others == null ? null : others.get(id);
  }

  @Override
  public void remove(long id) {
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

  /** Carries values over, if native memory is open. Called by the writer. */
  void moveAtMost(int count) {
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

  /** Makes room for so many bytes before they come; blocks while native memory is opened. */
  void expect(long bytes) {
    if (heapBytes + bytes > settings.heapBytesMax() && opening.compareAndSet(false, true)) {
      open();
    }
  }

  /** Makes room for so many bytes that will come little by little, beside the writer. */
  void announce(long bytes) {
    openIfDue(heapBytes + bytes);
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
    return others == null ? 0 : others.offHeapBytes();
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
  }
}
