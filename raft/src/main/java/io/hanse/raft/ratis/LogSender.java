package io.hanse.raft.ratis;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.util.AwaitForSignal;

/**
 * Sends the log to one follower. Its thread is told of each answer and each commit, four times an
 * entry, and nearly always has nothing to send then: it is left asleep.
 */
final class LogSender extends GrpcLogAppender {
  private final AwaitForSignal wake = new KeptSignal("log-sender");

  LogSender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
    super(server, state, follower);
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
