package io.hanse.raft;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Whether a server whose leave failed is in its group still, by its own log: a leader of an older
 * version does not tell. One thread.
 */
final class OwnPlace {
  private final String self;
  private final Promises promises;
  private final Consensus consensus;
  private final Submitter submitter;
  private final StateReader reads;
  private final RaftSettings.Timing timing;
  private final LongSupplier nanoClock;
  private int leaves = -1;
  private long sinceNanos;

  OwnPlace(
      String self,
      Promises promises,
      Consensus consensus,
      Submitter submitter,
      StateReader reads,
      RaftSettings.Timing timing,
      LongSupplier nanoClock) {
    this.self = self;
    this.promises = promises;
    this.consensus = consensus;
    this.submitter = submitter;
    this.reads = reads;
    this.timing = timing;
    this.nanoClock = nanoClock;
  }

  /**
   * Looks once nothing of the last leave, also of one of an earlier process, can be on its way any
   * more. Waits for the leader, but not for long.
   */
  boolean isSure() {
    long now = nanoClock.getAsLong();
    if (leaves != promises.leaves()) {
      leaves = promises.leaves();
      sinceNanos = now;
    }
    boolean isQuiet = now - sinceNanos >= Leave.patience(timing).toNanos();
    return isQuiet && consensus.position().leader().isPresent() && isUpToDate() && isVoter();
  }

  /**
   * With the barrier all that stood in the leader's log before it is agreed on, a change of the
   * group too, and after the read it stands in this one.
   */
  private boolean isUpToDate() {
    Duration patience = timing.callPatience();
    try {
      submitter
          .barrier()
          .thenCompose(done -> reads.fresh(Level.CONSISTENT, patience))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
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
