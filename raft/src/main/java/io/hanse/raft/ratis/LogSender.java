package io.hanse.raft.ratis;

import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.AwaitForSignal;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.TimeoutExecutor;

/**
 * Sends the log to one follower. Its thread is told of each answer and each commit, four times an
 * entry, and nearly always has nothing to send then: it is left asleep.
 */
final class LogSender extends GrpcLogAppender {
  /**
   * How many of the longest election timeouts a new leader has for its followers' first answers,
   * before the one timeout that each answer is good for.
   */
  static final int FIRST_TIMEOUTS = 3;

  private static final double LOOKS_PER_TIMEOUT = 4;

  private final AwaitForSignal wake = new KeptSignal("log-sender");
  private final TimeDuration timeout;
  private final LostTail lost;

  /** Whether the follower counts as heard, though it may not have been. */
  private volatile boolean isPresumed = true;

  LogSender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
    super(server, state, follower);
    timeout = server.properties().maxRpcTimeout();
    lost =
        new LostTail(
            follower.getNextIndex(),
            timeout.multiply(1 / LOOKS_PER_TIMEOUT).toLong(TimeUnit.NANOSECONDS),
            System::nanoTime);
  }

  @Override
  public void start() {
    super.start();
    presumeHeard();
  }

  /**
   * A leader that has not heard a majority for one timeout gives up its office (thesis 6.2), also
   * the first one, in which the followers of a busy machine are still opening connections: then an
   * election follows an election. So at first its followers count as heard: from this very moment,
   * for who asks it for a vote meanwhile has it look at once whether it is one still.
   *
   * <p>Nothing rests on that but the office. What is acknowledged is in the logs of a majority by
   * their answers ({@code matchIndex}), and a leader serves nothing before its first entry is.
   * Reads and leases rest on the rounds of {@link io.hanse.raft.ReadRounds}, Ratis' own leases are
   * off, and who asks for silences gets the true ones ({@link RatisGroup}). A later term ends this
   * one as ever. A leader that reaches nobody goes after {@value #FIRST_TIMEOUTS} timeouts more;
   * the others, which do not hear it, elect one meanwhile.
   */
  private void presumeHeard() {
    // Who is being brought up to date for its vote must show that itself.
    if (isRunning() && isNew() && !getLeaderState().isFollowerBootstrapping(getFollower())) {
      getFollower().updateLastRpcResponseTime();
      presumeHeardLater();
    } else {
      isPresumed = false;
    }
  }

  private void presumeHeardLater() {
    TimeoutExecutor.getInstance()
        .onTimeout(
            timeout.multiply(1 / LOOKS_PER_TIMEOUT),
            this::presumeHeard,
            LOG,
            () -> "a follower was not presumed to be heard " + this);
  }

  /**
   * A heartbeat is due some time after the last answer. One that is only presumed puts it off again
   * and again: the followers of an idle leader would not hear it, and elect another.
   */
  @Override
  public long getHeartbeatWaitTimeMs() {
    long wait = super.getHeartbeatWaitTimeMs();
    if (!isPresumed) {
      return wait;
    }
    int period = getServer().properties().minRpcTimeoutMs() / 2;
    return Math.min(wait, period - getFollower().getLastRpcSendTime().elapsedTimeMs());
  }

  private boolean isNew() {
    long leadingMillis = getServer().getInfo().getRoleInfoProto().getRoleElapsedTimeMs();
    return leadingMillis < FIRST_TIMEOUTS * (long) getServer().properties().maxRpcTimeoutMs();
  }

  /**
   * Where to go on after a stream that ended. Before its first answer nothing is known of a
   * follower, and Ratis would begin at the first entry, or with a snapshot of all. That it ended
   * says nothing either: it goes on where it was, and a follower that lacks what is before that
   * says so. A newcomer lacks all: with it, the first entry is where it was.
   */
  @Override
  protected LongUnaryOperator getNextIndexForError(long next) {
    boolean isKnown =
        getFollower().getMatchIndex() > RaftLog.INVALID_LOG_INDEX
            || getLeaderState().isFollowerBootstrapping(getFollower());
    boolean isFirst = next <= RaftLog.LEAST_VALID_LOG_INDEX;
    return isFirst && !isKnown ? LongUnaryOperator.identity() : super.getNextIndexForError(next);
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    lost.look(
            new LostTail.Follower(
                getFollower().getNextIndex(),
                getFollower().getMatchIndex(),
                getRaftLog().getNextIndex(),
                getRaftLog().getLastCommittedIndex(),
                hasPendingDataRequests(),
                isHeard()))
        .ifPresent(getFollower()::setNextIndex);
    return super.newAppendEntriesRequest(callId, heartbeat);
  }

  private boolean isHeard() {
    return getFollower().getLastRpcResponseTime().elapsedTime().compareTo(timeout) < 0;
  }

  @Override
  public AwaitForSignal getEventAwaitForSignal() {
    return wake;
  }

  @Override
  public void notifyLogAppender() {
    if (shouldSendAppendEntries() || getLeaderState().isFollowerBootstrapping(getFollower())) {
      super.notifyLogAppender();
    }
  }
}
