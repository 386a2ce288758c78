package io.hanse.raft.ratis;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs of a server of Ratis. A group that is being given up has none: nothing of it counts. */
record DivisionLogs(Supplier<RaftServer> server) implements ServerGate.DurableLog {
  private static final Logger LOG = LoggerFactory.getLogger(DivisionLogs.class);

  @Override
  public long flushed(RaftGroupId group) {
    return log(group).map(RaftLog::getFlushIndex).orElse(RatisStateMachine.NOTHING);
  }

  @Override
  public boolean holds(RaftGroupId group, TermIndex entry) {
    try {
      return log(group)
          .filter(log -> entry.getIndex() <= log.getFlushIndex())
          .map(log -> log.getTermIndex(entry.getIndex()))
          .filter(entry::equals)
          .isPresent();
    } catch (IllegalStateException e) {
      // It is being closed.
      return false;
    }
  }

  @Override
  public void hear(AppendEntriesRequestProto heartbeat) {
    try {
      server.get().appendEntriesAsync(heartbeat);
    } catch (IOException e) {
      LOG.debug("a leader was not heard", e);
    }
  }

  private Optional<RaftLog> log(RaftGroupId group) {
    try {
      return Optional.of(server.get().getDivision(group).getRaftLog());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
