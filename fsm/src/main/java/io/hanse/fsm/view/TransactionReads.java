package io.hanse.fsm.view;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.CheckOperation;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceOperation;
import io.hanse.fsm.row.TransactionError;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionOutcome;
import io.hanse.fsm.row.TransactionResult;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** The operations of transactions that only read, with the texts of those that fail. */
public final class TransactionReads {
  /** What all results of a transaction may take together: they are kept, and sent as one answer. */
  public static final int RESULT_BYTES_MAX = 2 << 20;

  private final Rows rows;

  public TransactionReads(Rows rows) {
    this.rows = rows;
  }

  /** Whether the operation can be answered from a view. */
  public static boolean isRead(TransactionOperation operation) {
    return switch (operation.getOperationCase()) {
      case KV -> operation.getKv().getVerbValue() < KvOperation.Verb.SET_VALUE;
      case NODE -> operation.getNode().getVerbValue() == 0;
      case SERVICE -> operation.getService().getVerbValue() == 0;
      case CHECK -> operation.getCheck().getVerbValue() == 0;
      case SESSION, OPERATION_NOT_SET -> false;
    };
  }

  /** Adds an error to those of an outcome, in place of results. */
  public static void fail(TransactionOutcome.Builder outcome, int index, String what) {
    outcome.clearResults().addErrors(TransactionError.newBuilder().setOpIndex(index).setWhat(what));
  }

  /** All operations of a transaction that does nothing but read. */
  public TransactionOutcome answer(List<TransactionOperation> operations) {
    TransactionOutcome.Builder outcome = TransactionOutcome.newBuilder();
    long bytes = 0;
    for (int i = 0; i < operations.size(); i++) {
      try {
        List<TransactionResult> results = read(operations.get(i));
        bytes += bytesOf(results);
        requireRoom(bytes);
        if (outcome.getErrorsCount() == 0) {
          outcome.addAllResults(results);
        }
      } catch (ProblemException e) {
        fail(outcome, i, String.valueOf(e.getMessage()));
      }
    }
    return outcome.build();
  }

  public static long bytesOf(List<TransactionResult> results) {
    return results.stream().mapToLong(TransactionResult::getSerializedSize).sum();
  }

  public static void requireRoom(long resultBytes) {
    if (resultBytes > RESULT_BYTES_MAX) {
      throw new ProblemException(
          ProblemCode.TOO_LARGE,
          "results of the transaction are too large, more than " + RESULT_BYTES_MAX + " bytes");
    }
  }

  /**
   * One of them.
   *
   * @throws ProblemException with the text of the failure
   */
  public List<TransactionResult> read(TransactionOperation operation) {
    return switch (operation.getOperationCase()) {
      case KV -> read(operation.getKv());
      case NODE ->
          List.of(
              TransactionResult.newBuilder().setNode(node(operation.getNode().getNode())).build());
      case SERVICE -> List.of(read(operation.getService()));
      case CHECK -> List.of(read(operation.getCheck()));
      case SESSION, OPERATION_NOT_SET ->
          throw new IllegalArgumentException("no read: " + operation.getOperationCase());
    };
  }

  private List<TransactionResult> read(KvOperation operation) {
    String key = operation.getEntry().getKey();
    Optional<KvEntry> stored = new Kv(rows).get(key);
    return switch (operation.getVerb()) {
      case GET -> List.of(result(stored.orElseThrow(() -> missing(key))));
      case GET_OR_EMPTY ->
          List.of(result(stored.orElseGet(() -> KvEntry.newBuilder().setKey(key).build())));
      case GET_TREE -> tree(key);
      case CHECK_INDEX -> {
        KvEntry entry =
            stored.orElseThrow(
                () -> failed("failed to check index, key " + Quoted.of(key) + " doesn't exist"));
        long index = entry.getRaftIndex().getModifyIndex();
        if (index != operation.getIndex()) {
          throw failed(
              "failed index check for key "
                  + Quoted.of(key)
                  + ", current modify index "
                  + Long.toUnsignedString(index)
                  + " != "
                  + Long.toUnsignedString(operation.getIndex()));
        }
        yield List.of(withoutValue(entry));
      }
      case CHECK_SESSION -> {
        KvEntry entry =
            stored.orElseThrow(
                () -> failed("failed to check session, key " + Quoted.of(key) + " doesn't exist"));
        if (!entry.getSession().equals(operation.getEntry().getSession())) {
          throw failed(
              "failed session check for key "
                  + Quoted.of(key)
                  + ", current session "
                  + Quoted.of(entry.getSession())
                  + " != "
                  + Quoted.of(operation.getEntry().getSession()));
        }
        yield List.of(withoutValue(entry));
      }
      case CHECK_NOT_EXISTS -> {
        if (stored.isPresent()) {
          throw failed("key " + Quoted.of(key) + " exists");
        }
        yield List.of();
      }
      case SET, CAS, LOCK, UNLOCK, DELETE, DELETE_CAS, DELETE_TREE, UNRECOGNIZED ->
          throw new IllegalArgumentException("no read: " + operation.getVerb());
    };
  }

  /** Stops where it is too much, before it is all in memory. */
  private List<TransactionResult> tree(String prefix) {
    long[] bytes = {0};
    return new Kv(rows)
            .listWhile(
                prefix,
                entry -> {
                  bytes[0] += entry.getSerializedSize();
                  requireRoom(bytes[0]);
                })
            .stream()
            .map(TransactionReads::result)
            .toList();
  }

  private static TransactionResult result(KvEntry entry) {
    return TransactionResult.newBuilder().setKv(entry).build();
  }

  /** What was written or checked is told without its value. */
  public static TransactionResult withoutValue(KvEntry entry) {
    return result(entry.toBuilder().clearValue().build());
  }

  private static ProblemException missing(String key) {
    return failed("key " + Quoted.of(key) + " doesn't exist");
  }

  /** By its id, if one is given, else by its name. */
  public Node node(Node asked) {
    Catalog catalog = new Catalog(rows);
    return (asked.getId().isEmpty()
            ? catalog.node("", asked.getNode())
            : catalog.nodeById("", asked.getId()))
        .orElseThrow(() -> failed("node " + Quoted.of(asked.getNode()) + " doesn't exist"));
  }

  private TransactionResult read(ServiceOperation operation) {
    String id = operation.getService().getId();
    NodeService service =
        new Catalog(rows)
            .service("", operation.getNode(), id)
            .orElseThrow(
                () ->
                    failed(
                        "service "
                            + Quoted.of(id)
                            + " on node "
                            + Quoted.of(operation.getNode())
                            + " doesn't exist"));
    return TransactionResult.newBuilder().setService(service).build();
  }

  private TransactionResult read(CheckOperation operation) {
    HealthCheck asked = operation.getCheck();
    HealthCheck check =
        new Health(rows)
            .check("", asked.getNode(), asked.getCheckId())
            .orElseThrow(
                () ->
                    failed(
                        "check "
                            + Quoted.of(asked.getCheckId())
                            + " on node "
                            + Quoted.of(asked.getNode())
                            + " doesn't exist"));
    return TransactionResult.newBuilder().setCheck(check).build();
  }

  private static ProblemException failed(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }
}
