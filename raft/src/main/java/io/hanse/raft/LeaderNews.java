package io.hanse.raft;

import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.row.Server;
import java.util.Optional;
import java.util.function.Function;

/**
 * What of the changes of leadership is worth a line: who leads now, and that a leader was lost. The
 * terms of an election, and that a leader is not ready yet, are none. For one thread.
 */
final class LeaderNews {
  private final String self;
  private final Function<String, Optional<Server>> servers;
  private String told = "";

  LeaderNews(String self, Function<String, Optional<Server>> servers) {
    this.self = self;
    this.servers = servers;
  }

  /** A line to be logged, or nothing new. */
  Optional<String> line(Standing now) {
    String leader = now.leader().orElse("");
    if (leader.equals(self) && !now.self()) {
      // It has yet to apply what earlier leaders wrote.
      return Optional.empty();
    }
    String next = leader.isEmpty() ? "" : leader + " " + now.term();
    if (next.equals(told)) {
      return Optional.empty();
    }
    String before = told.isEmpty() ? "" : told.substring(0, told.indexOf(' '));
    told = next;
    return Optional.of(
        leader.isEmpty()
            ? "leader lost, an election follows was=" + name(before) + " term=" + now.term()
            : (now.self() ? "leader elected, it is this server" : "leader elected")
                + " leader="
                + name(leader)
                + " term="
                + now.term());
  }

  private String name(String raftId) {
    return servers
        .apply(raftId)
        .map(Server::getNode)
        .filter(node -> !node.isEmpty())
        .orElse(raftId);
  }
}
