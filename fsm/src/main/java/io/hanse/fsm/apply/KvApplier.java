package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/** The key-value store. A write that changes nothing takes no index, as in Consul. */
final class KvApplier {
  private KvApplier() {}

  static Applied write(ApplyContext context, WriteKv command) {
    Transaction rows = context.rows();
    String key = command.getEntry().getKey();
    if (key.isEmpty() && command.getVerb() != WriteKv.Verb.DELETE_TREE) {
      throw invalid("Missing key name");
    }
    Optional<KvEntry> stored = Tables.KV.get(rows, Keys.kv(key));
    long version = stored.map(entry -> entry.getRaftIndex().getModifyIndex()).orElse(0L);
    switch (command.getVerb()) {
      case SET -> set(rows, command.getEntry(), stored);
      case CAS -> {
        if (version != command.getCas()) {
          return Applied.NOT_DONE;
        }
        set(rows, command.getEntry(), stored);
      }
      case DELETE -> Tables.KV.remove(rows, Keys.kv(key));
      case DELETE_CAS -> {
        // What is not there is deleted, whatever index was expected.
        if (stored.isPresent() && version != command.getCas()) {
          return Applied.NOT_DONE;
        }
        Tables.KV.remove(rows, Keys.kv(key));
      }
      case DELETE_TREE -> {
        for (String under : new Kv(rows).keys(key, "")) {
          Tables.KV.remove(rows, Keys.kv(under));
        }
      }
      case UNRECOGNIZED ->
          throw Refusals.broken("unknown verb of a key-value command: " + command.getVerbValue());
    }
    return Applied.DONE;
  }

  /** Whoever holds the key keeps it. */
  private static void set(Transaction rows, KvEntry entry, Optional<KvEntry> stored) {
    KvEntry.Builder builder = entry.toBuilder().clearLockIndex().clearSession();
    stored.ifPresent(old -> builder.setLockIndex(old.getLockIndex()).setSession(old.getSession()));
    Tables.KV.put(rows, builder.build());
  }
}
