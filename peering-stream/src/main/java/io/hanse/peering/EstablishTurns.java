package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.peering.proto.EstablishCall;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One establishing of a peering at a time. Who asks for the same again while it is under way is
 * given its answer: a token is good once, so the second to redeem it would be refused. Others wait,
 * for as long as who asked does: nothing begins that nobody hears of any more.
 */
final class EstablishTurns {
  private static final int WAITING_MAX = 8;

  private final Duration patience;
  private final LongSupplier nanoClock;

  /** By name; the first of each line is under way. */
  private final Map<String, Deque<Turn>> lines = new HashMap<>();

  private record Turn(
      Deque<Turn> line,
      EstablishCall call,
      Supplier<CompletableFuture<Void>> run,
      long deadline,
      CompletableFuture<Void> answer) {}

  EstablishTurns(Duration patience, LongSupplier nanoClock) {
    this.patience = patience;
    this.nanoClock = nanoClock;
  }

  /** The answer may be given to many: nobody completes it who asked. */
  CompletableFuture<Void> take(EstablishCall call, Supplier<CompletableFuture<Void>> run) {
    Turn turn;
    boolean isFirst;
    synchronized (this) {
      Deque<Turn> line = lines.computeIfAbsent(call.getName(), name -> new ArrayDeque<>());
      isFirst = line.isEmpty();
      if (!isFirst && line.getLast().call().equals(call)) {
        return line.getLast().answer().copy();
      }
      if (line.size() > WAITING_MAX) {
        throw refused(call, "is being established by others");
      }
      long deadline = nanoClock.getAsLong() + patience.toNanos();
      turn = new Turn(line, call, run, deadline, new CompletableFuture<>());
      line.add(turn);
    }
    if (isFirst) {
      begin(turn);
    }
    return turn.answer().copy();
  }

  private static ProblemException refused(EstablishCall call, String why) {
    return new ProblemException(
        ProblemCode.OVERLOADED, "peering \"" + call.getName() + "\" " + why + "; try again");
  }

  private void begin(Turn turn) {
    Attempt.of(
            () ->
                nanoClock.getAsLong() - turn.deadline() < 0
                    ? turn.run().get()
                    : CompletableFuture.<Void>failedFuture(
                        refused(turn.call(), "was being established by others for too long")))
        .whenComplete((done, failure) -> ended(turn, failure));
  }

  private void ended(Turn turn, @Nullable Throwable failure) {
    Turn next;
    synchronized (this) {
      Deque<Turn> line = turn.line();
      line.remove();
      next = line.peek();
      if (next == null) {
        lines.remove(turn.call().getName());
      }
    }
    // Who asks once the answer is known begins anew.
    if (failure == null) {
      turn.answer().complete(null);
    } else {
      turn.answer().completeExceptionally(Failures.cause(failure));
    }
    if (next != null) {
      begin(next);
    }
  }
}
