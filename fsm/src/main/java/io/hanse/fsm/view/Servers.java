package io.hanse.fsm.view;

import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The servers of this cluster and their runs as submitters. */
public final class Servers {
  private final Rows rows;

  public Servers(Rows rows) {
    this.rows = rows;
  }

  public List<Server> all() {
    return Tables.SERVERS.list(rows, Key.EMPTY);
  }

  public Optional<Server> byRaftId(String raftId) {
    return Tables.SERVERS.get(rows, Key.of(raftId));
  }

  /**
   * A server that would stop at a command of the level, as far as it is known: it runs an older
   * version. Where there is one, nobody sends such a command, who can help it.
   */
  public Optional<Server> below(int commandLevel) {
    return all().stream()
        .filter(server -> Integer.compareUnsigned(server.getCommandLevel(), commandLevel) < 0)
        .findFirst();
  }

  /** What the nodes are called that they are, by raft id. */
  public SortedMap<String, String> nodes() {
    SortedMap<String, String> nodes = new TreeMap<>();
    all().forEach(server -> nodes.put(server.getRaftId(), server.getNode()));
    return nodes;
  }

  public List<SubmittingClient> clients() {
    return Tables.CLIENTS.list(rows, Key.EMPTY);
  }
}
