package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
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
 * Puts commands that arrive together into one log entry. Few of them are sent at once. Where there
 * are more, one entry is on its way at a time while the next fills up; and a second one only if it
 * is full, so that the log has always something to do.
 *
 * <p>Only here it is known that nothing was appended. A command that is refused while it waits was
 * not; whatever goes wrong after its batch was handed to the log leaves its outcome unknown.
 */
public final class GroupCommit {
  private record Waiting(
      Entry entry, int bytes, long deadlineNanos, CompletableFuture<CommandResult> answer) {}

  /** Runs a task after so many nanoseconds. */
  @FunctionalInterface
  interface Timer {
    void after(long nanos, Runnable task);
  }

  private final RaftSettings.Limits limits;
  private final Function<byte[], CompletableFuture<BatchResult>> log;
  private final Executor completer;
  private final Timer timer;
  private final LongSupplier logMillis;
  private final LongSupplier nanoClock;

  private final Gathering gathering = new Gathering();
  private final Queue<Waiting> queue = new ArrayDeque<>();
  private long queuedBytes;
  private int inFlight;
  private int commandsInFlight;
  private boolean isOpen;

  /** The completer will look at the queue: once for all that come until it does. */
  private boolean isSendDue;

  /**
   * @param log appends an entry and answers what the state machine said
   * @param completer where batches are sent and answers are given, never the apply thread
   * @param timer a thread that does little else: a batch may wait for it
   * @param logMillis log time, which each batch is stamped with
   */
  GroupCommit(
      RaftSettings.Limits limits,
      Function<byte[], CompletableFuture<BatchResult>> log,
      Executor completer,
      Timer timer,
      LongSupplier logMillis,
      LongSupplier nanoClock) {
    this.limits = limits;
    this.log = log;
    this.completer = completer;
    this.timer = timer;
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
      isToSend = becomesDue();
    }
    if (isToSend) {
      completer.execute(this::send);
    }
    return waiting.answer;
  }

  /** Whether the completer is to be told to look at the queue, as it will be now. */
  private boolean becomesDue() {
    boolean isToSend = !isSendDue && mayBeSent();
    isSendDue |= isToSend;
    return isToSend;
  }

  /** Whether what is queued is worth an entry now. */
  private boolean mayBeSent() {
    int queued = queue.size();
    if (queued == 0 || inFlight >= limits.batchesInFlight()) {
      return false;
    }
    if (inFlight == 0) {
      return !gathering.isOn(queued);
    }
    return commandsInFlight + queued < Gathering.FEW
        || queued >= Math.min(Gathering.MANY, limits.batchCommands());
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
      if (!mayBeSent()) {
        return null;
      }
      gathering.end(queue.size());
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
        commandsInFlight += batch.size();
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
    long begin = nanoClock.getAsLong();
    // Whatever failed: nothing is known of any command of the batch, as of one without a result.
    Attempt.of(() -> log.apply(builder.build().toByteArray()))
        .exceptionally(failure -> BatchResult.getDefaultInstance())
        .thenAcceptAsync(reply -> finish(batch, reply.getResultsList(), begin), completer);
  }

  private void finish(List<Waiting> batch, List<CommandResult> results, long beginNanos) {
    long waitNanos;
    long round;
    synchronized (this) {
      inFlight--;
      commandsInFlight -= batch.size();
      waitNanos =
          inFlight == 0
              ? gathering.begin(batch.size(), queue.size(), nanoClock.getAsLong() - beginNanos)
              : 0;
      round = gathering.round();
    }
    // Unless it waits, the next batch is on its way before the answers of this one cost time.
    send();
    answer(batch, results);
    gatherAfter(waitNanos, round);
  }

  private void gatherAfter(long waitNanos, long round) {
    if (waitNanos > 0) {
      timer.after(waitNanos, () -> gather(round));
    }
  }

  /** Part of the time that a batch waits for more is over. */
  private void gather(long round) {
    long waitNanos;
    boolean isToSend;
    synchronized (this) {
      waitNanos = gathering.step(round, queue.size());
      isToSend = becomesDue();
    }
    if (isToSend) {
      completer.execute(this::send);
    }
    gatherAfter(waitNanos, round);
  }

  private static void answer(List<Waiting> batch, List<CommandResult> results) {
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
