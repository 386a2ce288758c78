package io.hanse.raft;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When this server last heard its leader, and when it last helped another to become one. Noted
 * where the messages arrive: the library's own last-contact time is also reset by a granted
 * pre-vote.
 */
public final class LeaderContact {
  private record Heard(String leader, long atNanos) {}

  private final LongSupplier nanoClock;
  private volatile @Nullable Heard heard;
  private volatile @Nullable Long preVoteAtNanos;
  private volatile Consumer<String> whenLost = leader -> {};

  public LeaderContact(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** An append or a snapshot chunk arrived. */
  public void heardFrom(String leader) {
    heard = new Heard(leader, nanoClock.getAsLong());
  }

  /** What to do when a leader's connection ends: it was closed, or its process is gone. */
  public void onLoss(Consumer<String> listener) {
    whenLost = listener;
  }

  /** A connection on which this leader was heard has ended. */
  public void lost(String leader) {
    whenLost.accept(leader);
  }

  public void grantedPreVote() {
    preVoteAtNanos = nanoClock.getAsLong();
  }

  public Optional<String> lastLeader() {
    Heard last = heard;
    return last == null ? Optional.empty() : Optional.of(last.leader);
  }

  /** Since the last message of a leader; {@code Long.MAX_VALUE} if there was none. */
  public long silenceMillis() {
    Heard last = heard;
    return last == null ? Long.MAX_VALUE : (nanoClock.getAsLong() - last.atNanos) / 1_000_000;
  }

  public boolean grantedPreVoteWithin(long millis) {
    Long at = preVoteAtNanos;
    return at != null && nanoClock.getAsLong() - at < millis * 1_000_000;
  }
}
