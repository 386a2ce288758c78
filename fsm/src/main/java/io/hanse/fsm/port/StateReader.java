package io.hanse.fsm.port;

import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Reads of the local replica, at the level of freshness that the reader asks for. */
public interface StateReader {
  /** How fresh a read must be. */
  enum Level {
    /** What this server has, however old. */
    STALE,
    /** All that was acknowledged before, as far as the leader's lease is right. */
    DEFAULT,
    /** All that was acknowledged before: leadership is confirmed by a majority after the call. */
    CONSISTENT
  }

  /**
   * What is known at the time of a read.
   *
   * @param knownLeader whether there is a leader
   * @param lastContactMillis since this server heard from it; 0 on the leader
   */
  record Freshness(boolean knownLeader, long lastContactMillis) {}

  /**
   * Completes when a view opened from now on is fresh enough; fails with {@code NO_LEADER} after
   * the time given.
   */
  CompletableFuture<Freshness> fresh(Level level, Duration patience);

  /** What is known now, without waiting. */
  Freshness freshness();

  /** The newest version. To be closed soon: it holds back the freeing of memory. */
  View view();

  /**
   * Calls {@code wake} once, on some thread, as soon as something under {@code reads} has an index
   * above {@code since}; at once if it has already, or if the state was replaced.
   *
   * @return what ends the watch
   */
  Runnable watch(ReadSet reads, long since, Runnable wake);
}
