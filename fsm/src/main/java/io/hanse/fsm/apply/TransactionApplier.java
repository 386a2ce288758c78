package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.Transact;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionOutcome;
import io.hanse.fsm.row.TransactionResult;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.TransactionReads;
import java.util.List;

/**
 * Several operations at one index: each sees what those before it did, and if one fails, nothing
 * has happened.
 */
final class TransactionApplier {
  /** As many as Consul takes. */
  static final int OPERATIONS_MAX = 128;

  private final Transaction rows;
  private final TransactionReads reads;
  private final KvWriter keys;
  private final SessionWriter sessions;
  private final CatalogOperations catalog;

  private TransactionApplier(Transaction rows) {
    this.rows = rows;
    reads = new TransactionReads(rows);
    keys = new KvWriter(rows);
    sessions = new SessionWriter(rows);
    catalog = new CatalogOperations(rows, reads);
  }

  static Applied transact(ApplyContext context, Transact command) {
    if (command.getOperationsCount() > OPERATIONS_MAX) {
      throw invalid(
          "Transaction contains too many operations ("
              + command.getOperationsCount()
              + " > "
              + OPERATIONS_MAX
              + ")");
    }
    TransactionOutcome outcome = new TransactionApplier(context.rows()).run(command);
    boolean isDone = outcome.getErrorsCount() == 0;
    if (!isDone) {
      context.rows().rollbackCommand();
    }
    return new Applied(isDone, outcome.toByteString());
  }

  private TransactionOutcome run(Transact command) {
    TransactionOutcome.Builder outcome = TransactionOutcome.newBuilder();
    long bytes = 0;
    for (int i = 0; i < command.getOperationsCount(); i++) {
      try {
        List<TransactionResult> results = run(command.getOperations(i));
        bytes += TransactionReads.bytesOf(results);
        TransactionReads.requireRoom(bytes);
        if (outcome.getErrorsCount() == 0) {
          outcome.addAllResults(results);
        }
      } catch (ProblemException e) {
        // A full state is no word about the operation: the caller is to be told as of any write.
        if (e.code().category() == ProblemCode.Category.BUG
            || e.code() == ProblemCode.QUOTA_EXCEEDED) {
          throw e;
        }
        TransactionReads.fail(outcome, i, String.valueOf(e.getMessage()));
      }
    }
    return outcome.build();
  }

  private List<TransactionResult> run(TransactionOperation operation) {
    if (TransactionReads.isRead(operation)) {
      return reads.read(operation);
    }
    return switch (operation.getOperationCase()) {
      case KV -> write(operation.getKv());
      case NODE -> catalog.write(operation.getNode());
      case SERVICE -> catalog.write(operation.getService());
      case CHECK -> catalog.write(operation.getCheck());
      case SESSION -> {
        sessions.destroy(operation.getSession().getId());
        yield List.of();
      }
      case OPERATION_NOT_SET ->
          throw Refusals.broken("a transaction holds an operation that this version does not know");
    };
  }

  private List<TransactionResult> write(KvOperation operation) {
    KvEntry entry = operation.getEntry();
    String key = entry.getKey();
    if (key.isEmpty() && operation.getVerb() != KvOperation.Verb.DELETE_TREE) {
      throw invalid("Must provide key");
    }
    switch (operation.getVerb()) {
      case SET -> keys.set(entry);
      case CAS -> require(keys.setIfAt(operation.getIndex(), entry), "set", key, "index is stale");
      case LOCK -> {
        if (keys.isDelayed(key)) {
          throw precondition("failed to lock key " + Quoted.of(key) + " due to lock delay");
        }
        require(keys.lock(entry), "lock", key, "lock is already held");
      }
      case UNLOCK ->
          require(
              keys.unlock(entry), "unlock", key, "lock isn't held, or is held by another session");
      case DELETE -> keys.delete(key);
      case DELETE_CAS ->
          require(keys.deleteIfAt(operation.getIndex(), key), "delete", key, "index is stale");
      case DELETE_TREE -> keys.deleteTree(key);
      case GET,
          GET_OR_EMPTY,
          GET_TREE,
          CHECK_INDEX,
          CHECK_SESSION,
          CHECK_NOT_EXISTS,
          UNRECOGNIZED ->
          throw Refusals.broken(
              "unknown verb of a key-value operation: " + operation.getVerbValue());
    }
    return switch (operation.getVerb()) {
      case SET, CAS, LOCK, UNLOCK ->
          new Kv(rows).get(key).map(TransactionReads::withoutValue).stream().toList();
      default -> List.of();
    };
  }

  private static void require(boolean isDone, String what, String key, String why) {
    if (!isDone) {
      throw precondition("failed to " + what + " key " + Quoted.of(key) + ", " + why);
    }
  }
}
