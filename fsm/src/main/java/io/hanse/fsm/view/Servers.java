package io.hanse.fsm.view;

import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** The servers of this cluster and their runs as submitters. */
public final class Servers {
  private final Rows rows;

  public Servers(Rows rows) {
    this.rows = rows;
  }

  public List<Server> all() {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<Server> byRaftId(String raftId) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<SubmittingClient> clients() {
    throw new UnsupportedOperationException(rows.toString());
  }
}
