package io.hanse.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Gives up calls whose time is over, a little late. Made for very many that nearly all end in time:
 * a timer for each would cost more than the call.
 */
final class Deadlines {
  private static final long LOOK_MILLIS = 50;

  private record Waiting(CompletableFuture<?> call, long deadlineNanos) {}

  private final Executor executor;
  private final LongSupplier nanoClock;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private boolean isLooking;

  /**
   * @param executor where calls fail
   */
  Deadlines(Executor executor, LongSupplier nanoClock) {
    this.executor = executor;
    this.nanoClock = nanoClock;
  }

  /** Lets the call fail with a {@link TimeoutException} if it has not ended by then. */
  void bound(CompletableFuture<?> call, long deadlineNanos) {
    synchronized (waiting) {
      // They end about in the order in which they began, so this keeps the queue short.
      for (Waiting first = waiting.peek();
          first != null && first.call.isDone();
          first = waiting.peek()) {
        waiting.remove();
      }
      waiting.add(new Waiting(call, deadlineNanos));
      if (!isLooking) {
        isLooking = true;
        lookLater();
      }
    }
  }

  private void lookLater() {
    CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, executor)
        .execute(this::look);
  }

  private void look() {
    List<Waiting> late = new ArrayList<>();
    long now = nanoClock.getAsLong();
    synchronized (waiting) {
      waiting.removeIf(
          each -> {
            boolean isLate = each.deadlineNanos - now <= 0;
            if (isLate) {
              late.add(each);
            }
            return isLate || each.call.isDone();
          });
      isLooking = !waiting.isEmpty();
      if (isLooking) {
        lookLater();
      }
    }
    late.forEach(each -> each.call.completeExceptionally(new TimeoutException()));
  }
}
