package io.hanse.raft;

import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server does once it learns that its group goes on without it, and where it was to leave,
 * but is in it still.
 */
final class Retirement {
  private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);

  private final String self;
  private final Promises promises;
  private final Neighbours neighbours;
  private final Consensus consensus;
  private final BooleanSupplier isInItsLog;
  private final Consumer<ProblemException> whenRetired;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  /**
   * @param isInItsLog whether this server, by its own log, is one of its group still
   * @param whenRetired told once why this server takes part no more
   */
  Retirement(
      String self,
      Promises promises,
      Neighbours neighbours,
      Consensus consensus,
      BooleanSupplier isInItsLog,
      Consumer<ProblemException> whenRetired) {
    this.self = self;
    this.promises = promises;
    this.neighbours = neighbours;
    this.consensus = consensus;
    this.isInItsLog = isInItsLog;
    this.whenRetired = whenRetired;
  }

  /** Done once it is found out that this server has left though its leave had failed. */
  CompletableFuture<Void> left() {
    return left;
  }

  /** At the start of a server that was taken out before. */
  void remember() {
    if (promises.isRemoved()) {
      LOG.warn("{}", Problems.removed().getMessage());
      whenRetired.accept(Problems.removed());
    }
  }

  boolean isDue() {
    return promises.isRemoved() || neighbours.saysRemoved();
  }

  /** What this server has is set aside, for nothing is thrown away. */
  void begin() throws IOException {
    if (!promises.isRemoved()) {
      boolean hasLeft = promises.mayHaveLeft();
      if (hasLeft) {
        // Before it counts as taken out, which would be for good.
        promises.startOver();
      }
      promises.removed();
      ProblemException why = hasLeft ? Problems.left() : Problems.removed();
      LOG.warn("{} group={}", why.getMessage(), promises.groupId().orElse(""));
      whenRetired.accept(why);
      if (hasLeft) {
        left.complete(null);
      }
    }
    consensus.leave();
  }

  /**
   * A leave that failed is over once it is sure that it has not come true after all.
   *
   * @param leaves how many there were when the others were asked
   */
  void stayIfKept(int leaves) throws IOException {
    if (promises.mayHaveLeft() && isKept() && promises.stay(leaves)) {
      LOG.warn("this server was to leave the others, but is one of them still: it stays");
    }
  }

  private boolean isKept() {
    return neighbours.saysKept() || consensus.isKept(self) || isInItsLog.getAsBoolean();
  }
}
