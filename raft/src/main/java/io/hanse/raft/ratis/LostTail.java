package io.hanse.raft.ratis;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * What was sent to a follower last, and is neither answered nor under way: lost with its stream, as
 * when the follower stops or the connection breaks. By the next entry Ratis learns whether the
 * follower has it; the answers to heartbeats don't tell. But who waits for its commit may be the
 * only one to write, and a leader takes no command at all before its first entry is committed.
 *
 * <p>Of one thread.
 */
final class LostTail {
  private final long begin;
  private final long afterNanos;
  private final LongSupplier nanoClock;
  private long seenNext = RaftLog.INVALID_LOG_INDEX;
  private long sinceNanos;

  /**
   * Nothing is lost yet.
   *
   * @param begin the first index that was to be sent
   * @param afterNanos so long something has to look lost: an answer counts as no longer under way a
   *     moment before what it says is known
   */
  LostTail(long begin, long afterNanos, LongSupplier nanoClock) {
    this.begin = begin;
    this.afterNanos = afterNanos;
    this.nanoClock = nanoClock;
  }

  /**
   * How it stands with a follower.
   *
   * @param next the index to be sent next
   * @param match the last one that it has, if that is known
   * @param logNext where the own log ends
   * @param committed the last index that is
   * @param isUnderWay whether an answer is waited for
   * @param isHeard whether the follower answers; to one that doesn't all is sent in vain
   */
  record Follower(
      long next, long match, long logNext, long committed, boolean isUnderWay, boolean isHeard) {
    private boolean isKnown() {
      return match > RaftLog.INVALID_LOG_INDEX;
    }
  }

  /** From where to send again; empty while nothing is lost that somebody waits for. */
  OptionalLong look(Follower now) {
    long unanswered = now.isKnown() ? now.match + 1 : Math.min(begin, now.next);
    boolean isAwaited = now.next == now.logNext && now.committed < now.next - 1;
    if (!isAwaited || now.isUnderWay || !now.isHeard || unanswered >= now.next) {
      seenNext = RaftLog.INVALID_LOG_INDEX;
      return OptionalLong.empty();
    }
    long nanos = nanoClock.getAsLong();
    if (seenNext != now.next) {
      seenNext = now.next;
      sinceNanos = nanos;
    }
    if (nanos - sinceNanos < afterNanos) {
      return OptionalLong.empty();
    }
    seenNext = RaftLog.INVALID_LOG_INDEX;
    return OptionalLong.of(unanswered);
  }
}
