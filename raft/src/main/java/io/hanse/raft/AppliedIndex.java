package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The last log index that readers can see, and those who wait for a later one. */
final class AppliedIndex {
  private final int limit;
  private final Executor completer;
  private final NavigableMap<Long, CompletableFuture<Void>> awaited = new TreeMap<>();
  private volatile long value;
  private volatile boolean isAwaited;

  AppliedIndex(int limit, Executor completer) {
    this.limit = limit;
    this.completer = completer;
  }

  long value() {
    return value;
  }

  /** On the apply thread: costs one volatile write and read when nobody waits. */
  void advance(long logIndex) {
    value = logIndex;
    if (isAwaited) {
      completer.execute(this::release);
    }
  }

  CompletableFuture<Void> await(long logIndex) {
    if (value >= logIndex) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> reached;
    synchronized (this) {
      if (!awaited.containsKey(logIndex) && awaited.size() >= limit) {
        throw new ProblemException(
            ProblemCode.OVERLOADED, "too many reads wait for this server to catch up; try again");
      }
      reached = awaited.computeIfAbsent(logIndex, index -> new CompletableFuture<>());
      isAwaited = true;
    }
    // The index may have come by before anyone was known to wait.
    if (value >= logIndex) {
      release();
    }
    return reached.copy();
  }

  private void release() {
    NavigableMap<Long, CompletableFuture<Void>> reached;
    synchronized (this) {
      NavigableMap<Long, CompletableFuture<Void>> head = awaited.headMap(value, true);
      reached = new TreeMap<>(head);
      head.clear();
      isAwaited = !awaited.isEmpty();
    }
    reached.values().forEach(future -> future.complete(null));
  }
}
