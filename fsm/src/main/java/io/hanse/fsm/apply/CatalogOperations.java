package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.CatalogVerb;
import io.hanse.fsm.row.CheckOperation;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeOperation;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RaftIndex;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.row.ServiceOperation;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionResult;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.TransactionReads;
import java.util.List;
import java.util.Optional;

/** The operations of transactions that write nodes, instances and checks of this cluster. */
final class CatalogOperations {
  private static final String INSERTING = "failed inserting ";

  private final Health health;
  private final TransactionReads reads;
  private final CatalogWriter catalog;

  CatalogOperations(Transaction rows, TransactionReads reads) {
    this.reads = reads;
    health = new Health(rows);
    catalog = new CatalogWriter(rows, "");
  }

  private static String serviceName(ServiceOperation operation) {
    return "service "
        + Quoted.of(operation.getService().getId())
        + " on node "
        + Quoted.of(operation.getNode());
  }

  private static String checkName(HealthCheck check) {
    return "check " + Quoted.of(check.getCheckId()) + " on node " + Quoted.of(check.getNode());
  }

  List<TransactionResult> write(NodeOperation operation) {
    Node node = operation.getNode();
    if (node.getNode().isEmpty()) {
      throw invalid("Must provide node");
    }
    requireVersion(
        operation.getVerb(),
        operation.getIndex(),
        catalog.node(node.getNode()).map(Node::getRaftIndex),
        "node " + Quoted.of(node.getNode()));
    if (isDeletion(operation.getVerb())) {
      catalog.removeNode(node.getNode());
      return List.of();
    }
    plainly(() -> catalog.putNode(node.toBuilder().clearRaftIndex().build()));
    return reads.read(TransactionOperation.newBuilder().setNode(operation).build());
  }

  List<TransactionResult> write(ServiceOperation operation) {
    NodeService service = operation.getService();
    requireVersion(
        operation.getVerb(),
        operation.getIndex(),
        catalog.instance(operation.getNode(), service.getId()).map(ServiceInstance::getRaftIndex),
        serviceName(operation));
    if (isDeletion(operation.getVerb())) {
      catalog.removeInstance(operation.getNode(), service.getId());
      return List.of();
    }
    plainly(
        () ->
            catalog.putInstance(operation.getNode(), service.toBuilder().clearRaftIndex().build()));
    return reads.read(TransactionOperation.newBuilder().setService(operation).build());
  }

  List<TransactionResult> write(CheckOperation operation) {
    HealthCheck check = operation.getCheck();
    requireVersion(
        operation.getVerb(),
        operation.getIndex(),
        health.check("", check.getNode(), check.getCheckId()).map(HealthCheck::getRaftIndex),
        checkName(check));
    if (isDeletion(operation.getVerb())) {
      catalog.removeCheck(check.getNode(), check.getCheckId());
      return List.of();
    }
    plainly(() -> catalog.putCheck(check.getNode(), check.toBuilder().clearRaftIndex().build()));
    return reads.read(TransactionOperation.newBuilder().setCheck(operation).build());
  }

  private static boolean isDeletion(CatalogVerb verb) {
    return verb == CatalogVerb.CATALOG_DELETE || verb == CatalogVerb.CATALOG_DELETE_CAS;
  }

  /** To set, an index of 0 means that there is no such row; to delete, there must be one. */
  private static void requireVersion(
      CatalogVerb verb, long expected, Optional<RaftIndex> stored, String what) {
    boolean isRight =
        switch (verb) {
          case CATALOG_CAS -> stored.map(RaftIndex::getModifyIndex).orElse(0L) == expected;
          case CATALOG_DELETE_CAS ->
              stored.isPresent() && stored.get().getModifyIndex() == expected;
          case CATALOG_SET, CATALOG_DELETE -> true;
          case CATALOG_GET, UNRECOGNIZED ->
              throw Refusals.broken("unknown verb of a catalog operation: " + verb);
        };
    if (!isRight) {
      String action = isDeletion(verb) ? "delete " : "set ";
      throw precondition("failed to " + action + what + ", index is stale");
    }
  }

  /** Without the words in front that belong to a registration. */
  private static void plainly(Runnable write) {
    try {
      write.run();
    } catch (ProblemException e) {
      String text = String.valueOf(e.getMessage());
      if (e.code() != ProblemCode.INVALID_ARGUMENT || !text.startsWith(INSERTING)) {
        throw e;
      }
      int end = text.indexOf("\": ", INSERTING.length());
      int colon = end >= 0 ? end + 1 : text.indexOf(": ");
      throw invalid(text.substring(colon + 2));
    }
  }
}
