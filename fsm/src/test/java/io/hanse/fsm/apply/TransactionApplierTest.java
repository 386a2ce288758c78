package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.createSession;
import static io.hanse.fsm.apply.Commands.endOf;
import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.operation;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.session;
import static io.hanse.fsm.apply.Commands.transact;
import static io.hanse.fsm.row.CatalogVerb.CATALOG_CAS;
import static io.hanse.fsm.row.CatalogVerb.CATALOG_DELETE;
import static io.hanse.fsm.row.CatalogVerb.CATALOG_DELETE_CAS;
import static io.hanse.fsm.row.CatalogVerb.CATALOG_GET;
import static io.hanse.fsm.row.CatalogVerb.CATALOG_SET;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.KvOperation.Verb;
import io.hanse.fsm.row.TransactionError;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.TransactionOutcome;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Sessions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private TransactionOutcome run(TransactionOperation.Builder... operations)
      throws InvalidProtocolBufferException {
    CommandResult result = replica.done(transact(operations));
    TransactionOutcome outcome = TransactionOutcome.parseFrom(result.getPayload());
    assertThat(result.getDone()).isEqualTo(outcome.getErrorsCount() == 0);
    return outcome;
  }

  /** The text with which a transaction of this one operation fails. */
  private String failure(TransactionOperation.Builder operation)
      throws InvalidProtocolBufferException {
    TransactionOutcome outcome = run(operation);
    assertThat(outcome.getResultsCount()).isZero();
    assertThat(outcome.getErrorsList()).hasSize(1);
    return outcome.getErrors(0).getWhat();
  }

  private static TransactionOperation.Builder set(String key, String value) {
    return operation(Verb.SET, key, value, 0);
  }

  @Test
  void shouldSeeWhatItDidBeforeAtOneIndex() throws InvalidProtocolBufferException {
    CommandResult result =
        replica.done(transact(set("a", "1"), operation(Verb.GET, "a", "", 0), set("b", "2")));
    TransactionOutcome outcome = TransactionOutcome.parseFrom(result.getPayload());

    assertThat(outcome.getResults(0).getKv().getValue().isEmpty()).isTrue();
    assertThat(outcome.getResults(1).getKv().getValue().toStringUtf8()).isEqualTo("1");
    assertThat(new Kv(replica.now()).list(""))
        .allMatch(entry -> entry.getRaftIndex().getModifyIndex() == result.getIndex());
  }

  @Test
  void shouldDoNothingWhereOneFails() throws InvalidProtocolBufferException {
    replica.done(kv(WriteKv.Verb.SET, "held", "v", 0));
    long digest = replica.machine.digest();

    TransactionOutcome outcome =
        run(
            set("a", "1"),
            operation(Verb.DELETE, "held", "", 0),
            operation(CATALOG_SET, node("n1"), 0),
            operation(Verb.GET, "zz", "", 0),
            operation(Verb.CHECK_NOT_EXISTS, "a", "", 0));

    assertThat(outcome.getErrorsList())
        .extracting(TransactionError::getOpIndex)
        .containsExactly(3, 4);
    assertThat(new Kv(replica.now()).keys("", "")).containsExactly("held");
    assertThat(new Catalog(replica.now()).nodes("")).isEmpty();
    assertThat(replica.machine.digest()).isNotEqualTo(digest); // The kept result.
  }

  @Test
  void shouldSayWhatFailedOfKeys() throws InvalidProtocolBufferException {
    long index = replica.done(kv(WriteKv.Verb.SET, "a", "v", 0)).getIndex();
    replica.done(register(node("n1"), check("serfHealth", "", "passing")));
    replica.done(createSession(session("s", "n1")));

    assertThat(failure(operation(Verb.CAS, "a", "x", 1)))
        .isEqualTo("failed to set key \"a\", index is stale");
    assertThat(failure(operation(Verb.DELETE_CAS, "a", "", 1)))
        .isEqualTo("failed to delete key \"a\", index is stale");
    assertThat(failure(operation(Verb.UNLOCK, "a", "s", 0)))
        .isEqualTo("failed to unlock key \"a\", lock isn't held, or is held by another session");
    assertThat(failure(operation(Verb.LOCK, "a", "zz", 0))).isEqualTo("invalid session \"zz\"");
    assertThat(failure(operation(Verb.CHECK_SESSION, "a", "s", 0)))
        .isEqualTo("failed session check for key \"a\", current session \"\" != \"s\"");
    assertThat(failure(operation(Verb.CHECK_INDEX, "a", "", 1)))
        .isEqualTo("failed index check for key \"a\", current modify index " + index + " != 1");
    assertThat(failure(operation(Verb.SET, "", "", 0))).isEqualTo("Must provide key");
  }

  @Test
  void shouldCompareRowsOfTheCatalog() throws InvalidProtocolBufferException {
    assertThat(failure(operation(CATALOG_CAS, node("n1"), 7)))
        .isEqualTo("failed to set node \"n1\", index is stale");
    run(operation(CATALOG_CAS, node("n1"), 0));
    long index =
        new Catalog(replica.now()).node("", "n1").orElseThrow().getRaftIndex().getModifyIndex();
    assertThat(failure(operation(CATALOG_DELETE_CAS, node("n1"), index + 1)))
        .isEqualTo("failed to delete node \"n1\", index is stale");
    assertThat(failure(operation(CATALOG_CAS, "n1", service("web", "w"), 5)))
        .isEqualTo("failed to set service \"w\" on node \"n1\", index is stale");
    assertThat(failure(operation(CATALOG_SET, "n9", service("web", "w"), 0)))
        .isEqualTo("Missing node registration");
    assertThat(failure(operation(CATALOG_SET, check("c", "w", "passing").setNode("n1"), 0)))
        .isEqualTo("Missing service registration");
    assertThat(failure(operation(CATALOG_GET, check("c", "", "").setNode("n1"), 0)))
        .isEqualTo("check \"c\" on node \"n1\" doesn't exist");
    run(operation(CATALOG_DELETE_CAS, node("n1"), index));
    assertThat(new Catalog(replica.now()).nodes("")).isEmpty();
  }

  @Test
  void shouldEndSessions() throws InvalidProtocolBufferException {
    replica.done(register(node("n1"), check("serfHealth", "", "passing")));
    replica.done(createSession(session("s", "n1")));
    replica.done(createSession(session("t", "n1")));

    run(endOf("s"), operation(Verb.LOCK, "k", "t", 0), operation(CATALOG_DELETE, node("n1"), 0));

    assertThat(new Sessions(replica.now()).all()).isEmpty();
    assertThat(new Kv(replica.now()).get("k").orElseThrow().getSession()).isEmpty();
  }

  @Test
  void shouldBoundItsResults() throws InvalidProtocolBufferException {
    String value = "x".repeat(500_000);
    for (int i = 0; i < 5; i++) {
      replica.done(kv(WriteKv.Verb.SET, "big/" + i, value, 0));
    }

    assertThat(failure(operation(Verb.GET_TREE, "big/", "", 0))).contains("too large");
    assertThat(run(operation(Verb.GET_TREE, "big/1", "", 0)).getResultsCount()).isEqualTo(1);
  }
}
