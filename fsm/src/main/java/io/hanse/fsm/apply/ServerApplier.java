package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.NoOp;
import io.hanse.fsm.row.ReapTombstones;
import io.hanse.fsm.row.RemoveServer;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Servers;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/** The cluster itself: its identity, its servers, and the log's own upkeep. */
final class ServerApplier {
  /** A client may ask again with an index this old and must not see a smaller one. */
  private static final long TOMBSTONES_KEPT_MILLIS = 15 * 60 * 1000L;

  private ServerApplier() {}

  @SuppressWarnings("UnusedVariable") // All appliers look alike.
  static Applied noOp(ApplyContext context, NoOp command) {
    return Applied.DONE;
  }

  static Applied initialize(ApplyContext context, InitializeCluster command) {
    Transaction rows = context.rows();
    if (new Ca(rows).cluster().isPresent()) {
      throw precondition("the cluster has an identity already");
    }
    if (command.getIdentity().getId().isEmpty()
        || command.getIdentity().getDatacenter().isEmpty()) {
      throw invalid("a cluster needs an id and a datacenter");
    }
    Tables.CLUSTER.put(rows, command.getIdentity());
    if (command.hasCaConfiguration()) {
      Tables.CA_CONFIGURATION.put(rows, command.getCaConfiguration());
    }
    if (command.hasRoot()) {
      Tables.CA_ROOTS.put(rows, command.getRoot().toBuilder().setActive(true).build());
    }
    if (command.hasQuota() && rows.size(TableId.QUOTA) == 0) {
      QuotaApplier.put(rows, command.getQuota());
    }
    return Applied.DONE;
  }

  /** The newest start of a server wins over what an earlier one says late. */
  static Applied write(ApplyContext context, WriteServer command) {
    Transaction rows = context.rows();
    Server server = command.getServer();
    if (server.getRaftId().isEmpty()) {
      throw invalid("a server needs its raft id");
    }
    Optional<Server> stored = new Servers(rows).byRaftId(server.getRaftId());
    if (stored.isPresent()
        && Long.compareUnsigned(stored.get().getStart(), server.getStart()) > 0) {
      return Applied.NOT_DONE;
    }
    Tables.SERVERS.put(rows, server);
    return Applied.DONE;
  }

  static Applied remove(ApplyContext context, RemoveServer command) {
    return Applied.when(Tables.SERVERS.remove(context.rows(), Key.of(command.getRaftId())));
  }

  static Applied reap(ApplyContext context, ReapTombstones command) {
    long newest = context.timeMillis() - TOMBSTONES_KEPT_MILLIS;
    boolean areLeft = context.rows().reap(Math.min(newest, command.getDeletedBeforeMillis()));
    return Applied.when(!areLeft);
  }
}
