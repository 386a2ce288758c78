package io.hanse.fsm.apply;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ExpireClients;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Servers;
import io.hanse.fsm.view.Tables;

/** Servers' runs as senders of commands: they come by name and go unheard. */
final class ClientApplier {
  static final int CLIENTS_MAX = 4_096;

  /** Whoever was heard of since is not forgotten, whatever was proposed. */
  private static final long UNUSED_MILLIS_MIN = 30 * 60 * 1000L;

  private ClientApplier() {}

  /** A doubled registration does no harm: the second client is never used, and expires. */
  static Applied register(ApplyContext context, RegisterClient command) {
    if (context.rows().size(TableId.CLIENTS) >= CLIENTS_MAX) {
      throw new ProblemException(
          ProblemCode.OVERLOADED,
          "there are " + CLIENTS_MAX + " submitting clients; the unused ones expire by and by");
    }
    SubmittingClient client =
        SubmittingClient.newBuilder()
            .setId(context.index())
            .setLastUsedMillis(context.timeMillis())
            .setOrigin(command.getOrigin())
            .build();
    Tables.CLIENTS.put(context.rows(), client);
    return Applied.DONE;
  }

  static Applied expire(ApplyContext context, ExpireClients command) {
    Transaction rows = context.rows();
    long before =
        Math.min(command.getUnusedSinceMillis(), context.timeMillis() - UNUSED_MILLIS_MIN);
    for (SubmittingClient client : new Servers(rows).clients()) {
      if (client.getLastUsedMillis() < before) {
        new KeptResults(rows).forget(client);
      }
    }
    return Applied.DONE;
  }
}
