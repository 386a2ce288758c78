package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts commands that arrive together into one log entry. There is no timer: with few batches in
 * flight a command is sent at once, with many they fill up by themselves.
 *
 * <p>Only here it is known that nothing was appended. A command that is refused while it waits was
 * not; whatever goes wrong after its batch was handed to the log leaves its outcome unknown.
 */
public final class GroupCommit {
  private record Waiting(
      Entry entry, int bytes, long deadlineNanos, CompletableFuture<CommandResult> answer) {}

  private final RaftSettings.Limits limits;
  private final Function<byte[], CompletableFuture<BatchResult>> log;
  private final Executor completer;
  private final LongSupplier logMillis;
  private final LongSupplier nanoClock;

  private final Queue<Waiting> queue = new ArrayDeque<>();
  private long queuedBytes;
  private int inFlight;
  private boolean isOpen;

  /** The completer will look at the queue: once for all that come until it does. */
  private boolean isSendDue;

  /**
   * @param log appends an entry and answers what the state machine said
   * @param completer where batches are sent and answers are given, never the apply thread
   * @param logMillis log time, which each batch is stamped with
   */
  public GroupCommit(
      RaftSettings.Limits limits,
      Function<byte[], CompletableFuture<BatchResult>> log,
      Executor completer,
      LongSupplier logMillis,
      LongSupplier nanoClock) {
    this.limits = limits;
    this.log = log;
    this.completer = completer;
    this.logMillis = logMillis;
    this.nanoClock = nanoClock;
  }

  /** This server leads and may write. */
  public synchronized void open() {
    isOpen = true;
  }

  /** Refuses what waits and what comes. What is in flight gets its answer from the log. */
  public void close() {
    List<Waiting> refused;
    synchronized (this) {
      isOpen = false;
      refused = List.copyOf(queue);
      queue.clear();
      queuedBytes = 0;
    }
    completer.execute(
        () -> refused.forEach(w -> w.answer.completeExceptionally(Problems.notLeader())));
  }

  /**
   * Takes a command into one of the next entries.
   *
   * @param patienceMillis how long it may wait in the queue
   * @return its result; fails with {@code COMMIT_UNKNOWN}, or with any other problem when nothing
   *     was appended
   */
  public CompletableFuture<CommandResult> submit(Entry entry, long patienceMillis) {
    int bytes = entry.getSerializedSize();
    long deadline = nanoClock.getAsLong() + patienceMillis * 1_000_000;
    Waiting waiting = new Waiting(entry, bytes, deadline, new CompletableFuture<>());
    boolean isToSend;
    synchronized (this) {
      if (!isOpen) {
        return CompletableFuture.failedFuture(Problems.notLeader());
      }
      if (queue.size() >= limits.queuedCommands() || queuedBytes + bytes > limits.queuedBytes()) {
        return CompletableFuture.failedFuture(
            new ProblemException(
                ProblemCode.OVERLOADED, "too many commands wait for the log; try again later"));
      }
      queue.add(waiting);
      queuedBytes += bytes;
      isToSend = !isSendDue && inFlight < limits.batchesInFlight();
      isSendDue |= isToSend;
    }
    if (isToSend) {
      completer.execute(this::send);
    }
    return waiting.answer;
  }

  private void send() {
    synchronized (this) {
      isSendDue = false;
    }
    for (List<Waiting> batch = take(); batch != null; batch = take()) {
      append(batch);
    }
  }

  /** The next batch, if one may be sent now. */
  private @Nullable List<Waiting> take() {
    List<Waiting> late = new ArrayList<>();
    List<Waiting> batch = new ArrayList<>();
    synchronized (this) {
      if (inFlight >= limits.batchesInFlight()) {
        return null;
      }
      long now = nanoClock.getAsLong();
      int bytes = 0;
      for (Waiting first = queue.peek(); first != null; first = queue.peek()) {
        boolean isFull =
            batch.size() >= limits.batchCommands()
                || (!batch.isEmpty() && bytes + first.bytes > limits.batchBytes());
        if (isFull) {
          break;
        }
        queue.remove();
        queuedBytes -= first.bytes;
        if (first.deadlineNanos - now < 0) {
          late.add(first);
        } else {
          batch.add(first);
          bytes += first.bytes;
        }
      }
      if (!batch.isEmpty()) {
        inFlight++;
      }
    }
    if (!late.isEmpty()) {
      completer.execute(() -> late.forEach(GroupCommit::refuseLate));
    }
    return batch.isEmpty() ? null : batch;
  }

  private static void refuseLate(Waiting waiting) {
    waiting.answer.completeExceptionally(
        new ProblemException(
            ProblemCode.DEADLINE_EXCEEDED, "the command waited too long and was not written"));
  }

  private void append(List<Waiting> batch) {
    Batch.Builder builder = Batch.newBuilder().setTimeMillis(logMillis.getAsLong());
    batch.forEach(waiting -> builder.addEntries(waiting.entry));
    CompletableFuture<BatchResult> appended;
    try {
      appended = log.apply(builder.build().toByteArray());
    } catch (RuntimeException e) {
      appended = CompletableFuture.failedFuture(e);
    }
    // Whatever failed: nothing is known of any command of the batch, as of one without a result.
    appended
        .exceptionally(failure -> BatchResult.getDefaultInstance())
        .thenAcceptAsync(reply -> finish(batch, reply.getResultsList()), completer);
  }

  private void finish(List<Waiting> batch, List<CommandResult> results) {
    synchronized (this) {
      inFlight--;
    }
    // The next batch is on its way before the answers of this one cost time.
    send();
    for (int i = 0; i < batch.size(); i++) {
      CompletableFuture<CommandResult> answer = batch.get(i).answer;
      if (results.size() == batch.size()) {
        answer.complete(results.get(i));
      } else {
        answer.completeExceptionally(Problems.commitUnknown());
      }
    }
  }
}
