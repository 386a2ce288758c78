package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.WriteKv;

/** The key-value store, one key or prefix at a time. */
final class KvApplier {
  private KvApplier() {}

  static Applied write(ApplyContext context, WriteKv command) {
    KvEntry entry = command.getEntry();
    if (entry.getKey().isEmpty() && command.getVerb() != WriteKv.Verb.DELETE_TREE) {
      throw invalid("Missing key name");
    }
    KvWriter keys = new KvWriter(context.rows());
    return switch (command.getVerb()) {
      case SET -> {
        keys.set(entry);
        yield Applied.DONE;
      }
      case CAS -> Applied.when(keys.setIfAt(command.getCas(), entry));
      case DELETE -> {
        keys.delete(entry.getKey());
        yield Applied.DONE;
      }
      case DELETE_CAS -> Applied.when(keys.deleteIfAt(command.getCas(), entry.getKey()));
      case DELETE_TREE -> {
        keys.deleteTree(entry.getKey());
        yield Applied.DONE;
      }
      case LOCK -> Applied.when(keys.lock(entry));
      case UNLOCK -> Applied.when(keys.unlock(entry));
      case UNRECOGNIZED ->
          throw Refusals.broken("unknown verb of a key-value command: " + command.getVerbValue());
    };
  }
}
