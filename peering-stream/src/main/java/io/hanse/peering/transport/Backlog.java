package io.hanse.peering.transport;

import java.util.function.BooleanSupplier;

/**
 * What was handed to a call since its other end took all of it. Data waits for room by itself;
 * answers do not, so who sends without reading would have them pile up here: such an end is not
 * read on. Guarded by its stream's lock.
 *
 * <p>The bound leaves room for a burst of data with the largest message, and for an answer to each
 * resource that may be unanswered at a time: two ends that speak by the rules never get there both,
 * each waiting for the other to read.
 */
final class Backlog {
  static final long BYTES_MAX = 16 << 20;

  /** What a message takes beside its bytes while it waits. */
  private static final int MESSAGE_BYTES = 512;

  private final BooleanSupplier isReady;
  private final Runnable read;
  private long bytes;
  private boolean readOwed;

  /**
   * Of one call.
   *
   * @param isReady whether next to nothing waits
   * @param read takes one more message of the other end
   */
  Backlog(BooleanSupplier isReady, Runnable read) {
    this.isReady = isReady;
    this.read = read;
  }

  /** A message is about to be sent. */
  void sends(int messageBytes) {
    if (isReady.getAsBoolean()) {
      bytes = 0;
    }
    bytes += (long) messageBytes + MESSAGE_BYTES;
  }

  /** Reads now, or as soon as the call is ready again. */
  void readNext() {
    if (bytes <= BYTES_MAX || isReady.getAsBoolean()) {
      read.run();
    } else {
      readOwed = true;
    }
  }

  /** The call is ready again. */
  void drained() {
    if (readOwed) {
      readOwed = false;
      read.run();
    }
  }
}
