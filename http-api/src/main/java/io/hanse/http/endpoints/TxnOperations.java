package io.hanse.http.endpoints;

import io.hanse.fsm.config.ProxyRules;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CatalogVerb;
import io.hanse.fsm.row.CheckOperation;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeOperation;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceOperation;
import io.hanse.fsm.row.SessionOperation;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionOutcome;
import io.hanse.fsm.view.TransactionReads;
import io.hanse.http.request.TxnExpectation;
import io.hanse.http.request.TxnKv;
import io.hanse.http.request.TxnOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The operations of a transaction, from its body, with the checks that need no state. What is wrong
 * with single operations is told all at once.
 */
final class TxnOperations {
  private static final Map<String, CatalogVerb> CATALOG_VERBS =
      Map.of(
          "get", CatalogVerb.CATALOG_GET,
          "set", CatalogVerb.CATALOG_SET,
          "cas", CatalogVerb.CATALOG_CAS,
          "delete", CatalogVerb.CATALOG_DELETE,
          "delete-cas", CatalogVerb.CATALOG_DELETE_CAS);

  private final String datacenter;
  private final List<TransactionOperation> operations = new ArrayList<>();
  private final TransactionOutcome.Builder flaws = TransactionOutcome.newBuilder();
  private boolean hasWrites;

  private TxnOperations(String datacenter) {
    this.datacenter = datacenter;
  }

  /** Operations that say nothing are left out, and do not count. */
  static TxnOperations of(
      List<TxnOperation> said, List<TxnExpectation> expected, String datacenter) {
    TxnOperations all = new TxnOperations(datacenter);
    for (int i = 0; i < said.size(); i++) {
      all.add(said.get(i), expected.get(i));
    }
    return all;
  }

  /** All of them; without a word of any where there are flaws. */
  List<TransactionOperation> operations() {
    return operations;
  }

  /** What is wrong with them, as the outcome that they have. */
  Optional<TransactionOutcome> flaws() {
    return flaws.getErrorsCount() == 0 ? Optional.empty() : Optional.of(flaws.build());
  }

  /** Whether one of them would change something, if all is right. */
  boolean hasWrites() {
    return hasWrites;
  }

  private void add(TxnOperation said, TxnExpectation expected) {
    if (said.hasKv()) {
      add(kv(said.getKv()));
    } else if (said.hasNode()) {
      hasWrites |= !said.getNode().getVerb().equals("get");
      add(node(said, expected));
    } else if (said.hasService()) {
      hasWrites |= !said.getService().getVerb().equals("get");
      add(service(said, expected));
    } else if (said.hasCheck()) {
      hasWrites |= !said.getCheck().getVerb().equals("get");
      add(check(said, expected));
    } else if (said.hasSession()) {
      hasWrites = true;
      add(session(said));
    }
  }

  /** An operation, or what is wrong with it. */
  private record Read(TransactionOperation.Builder operation, String flaw) {
    static Read flawed(String text) {
      return new Read(TransactionOperation.newBuilder(), text);
    }

    static Read of(TransactionOperation.Builder operation) {
      return new Read(operation, "");
    }
  }

  private void add(Read read) {
    if (!read.flaw().isEmpty()) {
      TransactionReads.fail(flaws, operations.size(), read.flaw());
    }
    operations.add(read.operation().build());
  }

  private Read kv(TxnKv said) {
    Optional<KvOperation.Verb> verb = kvVerb(said.getVerb());
    hasWrites |= verb.filter(one -> one.getNumber() >= KvOperation.Verb.SET_VALUE).isPresent();
    if (said.getKey().isEmpty() && verb.filter(KvOperation.Verb.DELETE_TREE::equals).isEmpty()) {
      return Read.flawed("Must provide key");
    }
    if (verb.isEmpty()) {
      return Read.flawed("unknown KV operation: " + said.getVerb());
    }
    return Read.of(
        TransactionOperation.newBuilder()
            .setKv(
                KvOperation.newBuilder()
                    .setVerb(verb.get())
                    .setIndex(said.getIndex())
                    .setEntry(
                        KvEntry.newBuilder()
                            .setKey(said.getKey())
                            .setValue(said.getValue())
                            .setFlags(said.getFlags())
                            .setSession(said.getSession()))));
  }

  /** The words of the API are those of the commands, in lower case and with dashes. */
  private static Optional<KvOperation.Verb> kvVerb(String word) {
    for (KvOperation.Verb verb : KvOperation.Verb.values()) {
      if (verb != KvOperation.Verb.UNRECOGNIZED
          && verb.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word)) {
        return Optional.of(verb);
      }
    }
    return Optional.empty();
  }

  private Read node(TxnOperation said, TxnExpectation expected) {
    CatalogVerb verb = CATALOG_VERBS.get(said.getNode().getVerb());
    Node node = said.getNode().getNode();
    if (verb == null) {
      return Read.flawed("unknown node operation: " + said.getNode().getVerb());
    }
    if (verb != CatalogVerb.CATALOG_GET) {
      Optional<String> flaw = Registrations.nodeFlaw(node.getNode(), node.getId());
      if (flaw.isPresent()) {
        return Read.flawed(flaw.get());
      }
    }
    Node.Builder complete = node.toBuilder();
    if (node.getDatacenter().isEmpty()) {
      complete.setDatacenter(datacenter);
    }
    return Read.of(
        TransactionOperation.newBuilder()
            .setNode(
                NodeOperation.newBuilder()
                    .setVerb(verb)
                    .setNode(complete)
                    .setIndex(expected.getNode().getRow().getModifyIndex())));
  }

  private static Read service(TxnOperation said, TxnExpectation expected) {
    CatalogVerb verb = CATALOG_VERBS.get(said.getService().getVerb());
    NodeService service = said.getService().getService();
    if (verb == null) {
      return Read.flawed("unknown service operation: " + said.getService().getVerb());
    }
    if (verb != CatalogVerb.CATALOG_GET) {
      Optional<String> flaw = Registrations.serviceFlaw(service).or(() -> proxyFlaw(service));
      if (flaw.isPresent()) {
        return Read.flawed(flaw.get());
      }
    }
    NodeService.Builder complete = service.toBuilder();
    if (service.getId().isEmpty()) {
      complete.setId(service.getService());
    }
    return Read.of(
        TransactionOperation.newBuilder()
            .setService(
                ServiceOperation.newBuilder()
                    .setVerb(verb)
                    .setNode(said.getService().getNode())
                    .setService(complete)
                    .setIndex(expected.getService().getRow().getModifyIndex())));
  }

  private static Optional<String> proxyFlaw(NodeService service) {
    try {
      ProxyRules.validate(service);
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Read check(TxnOperation said, TxnExpectation expected) {
    CatalogVerb verb = CATALOG_VERBS.get(said.getCheck().getVerb());
    if (verb == null) {
      return Read.flawed("unknown check operation: " + said.getCheck().getVerb());
    }
    HealthCheck.Builder check = said.getCheck().getCheck().toBuilder();
    if (check.getCheckId().isEmpty()) {
      check.setCheckId(check.getName());
    }
    return Read.of(
        TransactionOperation.newBuilder()
            .setCheck(
                CheckOperation.newBuilder()
                    .setVerb(verb)
                    .setCheck(check)
                    .setIndex(expected.getCheck().getRow().getModifyIndex())));
  }

  private static Read session(TxnOperation said) {
    if (!said.getSession().getVerb().equals("delete")) {
      return Read.flawed("unknown session operation: " + said.getSession().getVerb());
    }
    return Read.of(
        TransactionOperation.newBuilder()
            .setSession(
                SessionOperation.newBuilder().setId(said.getSession().getSession().getId())));
  }
}
