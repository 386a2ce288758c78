package io.hanse.raft;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether a server whose leave failed is in its group still, by its own log: a leader of an older
 * version does not tell. One thread.
 */
final class OwnPlace {
  private final String self;
  private final Promises promises;
  private final Consensus consensus;
  private final Supplier<CompletableFuture<?>> catchUp;
  private final RaftSettings.Timing timing;
  private final LongSupplier nanoClock;
  private int leaves = -1;
  private long sinceNanos;

  /**
   * @param catchUp has all agreed on that the leader's log holds at the call, and brings it here
   */
  OwnPlace(
      String self,
      Promises promises,
      Consensus consensus,
      Supplier<CompletableFuture<?>> catchUp,
      RaftSettings.Timing timing,
      LongSupplier nanoClock) {
    this.self = self;
    this.promises = promises;
    this.consensus = consensus;
    this.catchUp = catchUp;
    this.timing = timing;
    this.nanoClock = nanoClock;
  }

  /**
   * Looks once nothing of the last leave, also of one of an earlier process, can be on its way any
   * more: as long after its end as a question may have been on its way. Waits for the leader, but
   * not for long.
   */
  boolean isSure() {
    if (promises.isLeaving()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    if (leaves != promises.pastLeaves()) {
      leaves = promises.pastLeaves();
      sinceNanos = now;
    }
    boolean isQuiet = now - sinceNanos >= Leave.patience(timing).toNanos();
    return isQuiet && consensus.position().leader().isPresent() && isUpToDate() && isVoter();
  }

  private boolean isUpToDate() {
    try {
      catchUp.get().get(timing.callPatience().toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean isVoter() {
    Consensus.Voters voters = consensus.voters();
    return voters.previous().isEmpty() && voters.current().contains(self);
  }
}
