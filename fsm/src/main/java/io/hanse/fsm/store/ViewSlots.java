package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/**
 * Where open views announce the version that they read, so that the writer knows which values to
 * keep: one slot each. Opening and closing never waits for the writer, nor it for them.
 */
final class ViewSlots {
  private static final long FREE = Long.MAX_VALUE;

  /** Holds everything back, until the real number is there. */
  private static final long ALL = 0;

  /** Slots on one line of the processor's cache would slow each other down. */
  private static final int STRIDE = 8;

  private final int count;
  private final AtomicLongArray slots;
  private final AtomicInteger next = new AtomicInteger();

  ViewSlots(int count) {
    this.count = count;
    slots = new AtomicLongArray(count * STRIDE);
    for (int i = 0; i < count; i++) {
      slots.set(i * STRIDE, FREE);
    }
  }

  View open(Supplier<Version> current) {
    int slot = take();
    Version version = current.get();
    while (true) {
      slots.set(slot * STRIDE, version.sequence);
      // The writer may have looked at the slots before; then it has published already.
      Version again = current.get();
      if (again == version) {
        return new View(version, this, slot);
      }
      version = again;
    }
  }

  private int take() {
    int start = Math.floorMod(next.getAndIncrement(), count);
    for (int i = 0; i < count; i++) {
      int slot = (start + i) % count;
      if (slots.compareAndSet(slot * STRIDE, FREE, ALL)) {
        return slot;
      }
    }
    throw new ProblemException(
        ProblemCode.OVERLOADED, "too many reads at one time (" + count + "); try again");
  }

  void free(int slot) {
    slots.set(slot * STRIDE, FREE);
  }

  /** The oldest version that is being read; {@code newest} if there is none older. */
  long oldest(long newest) {
    long oldest = newest;
    for (int i = 0; i < count; i++) {
      oldest = Math.min(oldest, slots.get(i * STRIDE));
    }
    return oldest;
  }

  int openCount() {
    int open = 0;
    for (int i = 0; i < count; i++) {
      if (slots.get(i * STRIDE) != FREE) {
        open++;
      }
    }
    return open;
  }
}
