package io.hanse.raft.ratis;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/** The logs of a server of Ratis. A group that is being given up has none: nothing of it counts. */
record DivisionLogs(Supplier<RaftServer> server) implements ServerGate.DurableLog {
  @Override
  public long flushed(RaftGroupId group) {
    return log(group).map(RaftLog::getFlushIndex).orElse(RatisStateMachine.NOTHING);
  }

  @Override
  public boolean holds(RaftGroupId group, TermIndex entry) {
    return log(group)
        .filter(log -> entry.getIndex() <= log.getFlushIndex())
        .map(log -> log.getTermIndex(entry.getIndex()))
        .filter(entry::equals)
        .isPresent();
  }

  private Optional<RaftLog> log(RaftGroupId group) {
    try {
      return Optional.of(server.get().getDivision(group).getRaftLog());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
