package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.createSession;
import static io.hanse.fsm.apply.Commands.deleteQuery;
import static io.hanse.fsm.apply.Commands.destroy;
import static io.hanse.fsm.apply.Commands.endOf;
import static io.hanse.fsm.apply.Commands.expire;
import static io.hanse.fsm.apply.Commands.lock;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.openTimers;
import static io.hanse.fsm.apply.Commands.operation;
import static io.hanse.fsm.apply.Commands.query;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.session;
import static io.hanse.fsm.apply.Commands.transact;
import static io.hanse.fsm.apply.Commands.write;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.CatalogVerb;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.CoordinatePoint;
import io.hanse.fsm.row.FireEvent;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.row.WriteCoordinate;
import io.hanse.fsm.row.WriteKv;
import java.util.Random;

/** Commands of sessions, locks and transactions, from few names. */
final class RandomHolding {
  private static final String[] SESSIONS = {"x1", "x2", "x3"};
  private static final String[] QUERIES = {"q1", "q2", "q3"};
  private static final String[] QUERY_NAMES = {"", "w", "web", "Web", "web-q", "q1"};

  private final Random random;
  private final String[] nodes;
  private final String[] checks;
  private final String[] keys;

  RandomHolding(Random random, String[] nodes, String[] checks, String[] keys) {
    this.random = random;
    this.nodes = nodes;
    this.checks = checks;
    this.keys = keys;
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  Command.Builder ofSession() {
    return switch (random.nextInt(10)) {
      case 8 ->
          Command.newBuilder()
              .setFireEvent(
                  FireEvent.newBuilder()
                      .setEvent(UserEvent.newBuilder().setId(one(SESSIONS)).setName("deploy")));
      case 9 ->
          Command.newBuilder()
              .setWriteCoordinate(
                  WriteCoordinate.newBuilder()
                      .setCoordinate(
                          Coordinate.newBuilder()
                              .setNode(one(nodes))
                              .setCoord(
                                  CoordinatePoint.newBuilder().setHeight(random.nextInt(2)))));
      case 0 -> destroy(one(SESSIONS));
      case 1 -> random.nextInt(3) == 0 ? openTimers() : expire(random.nextInt(120), one(SESSIONS));
      default -> {
        Session.Builder session =
            session(one(SESSIONS), one(nodes))
                .setLockDelay(Duration.newBuilder().setSeconds(random.nextInt(3) * 15L))
                .setBehavior(random.nextInt(3) == 0 ? "delete" : "release")
                .setTtlMillis(random.nextInt(2) * 10_000L);
        if (random.nextInt(3) == 0) {
          session.addNodeChecks(one(checks));
        }
        yield createSession(session);
      }
    };
  }

  Command.Builder ofQuery() {
    if (random.nextInt(5) == 0) {
      return deleteQuery(one(QUERIES));
    }
    PreparedQuery.Builder query =
        query(one(QUERIES), one(QUERY_NAMES))
            .setSession(random.nextInt(3) == 0 ? one(SESSIONS) : "");
    query.getServiceBuilder().setOnlyPassing(random.nextInt(3) == 0);
    if (random.nextInt(3) == 0) {
      query.getTemplateBuilder().setType("name_prefix_match").setRegexp("(w)(.*)");
      query.getServiceBuilder().setService("${match(1)}${match(2)}");
    }
    if (random.nextInt(3) == 0) {
      query.getServiceBuilder().getFailoverBuilder().addTargetsBuilder().setPeer("west");
    }
    return write(query, random.nextBoolean());
  }

  Command.Builder ofLock() {
    WriteKv.Verb verb = random.nextInt(3) == 0 ? WriteKv.Verb.UNLOCK : WriteKv.Verb.LOCK;
    return lock(verb, one(keys), one(SESSIONS));
  }

  Command.Builder ofTransaction() {
    TransactionOperation.Builder[] operations = new TransactionOperation.Builder[random.nextInt(4)];
    for (int i = 0; i < operations.length; i++) {
      operations[i] = anOperation();
    }
    return transact(operations);
  }

  private TransactionOperation.Builder anOperation() {
    CatalogVerb verb = random.nextBoolean() ? CatalogVerb.CATALOG_SET : CatalogVerb.CATALOG_DELETE;
    return switch (random.nextInt(12)) {
      case 0 -> endOf(one(SESSIONS));
      case 1 -> operation(verb, node(one(nodes)), 0);
      case 2 -> operation(CatalogVerb.CATALOG_GET, node(one(nodes)), 0);
      case 3 -> operation(CatalogVerb.CATALOG_DELETE, one(nodes), service("web", "s1"), 0);
      case 4 -> operation(CatalogVerb.CATALOG_GET, one(nodes), service("web", "s1"), 0);
      case 5 ->
          operation(
              verb,
              check(one(checks), "", random.nextBoolean() ? "critical" : "passing")
                  .setNode(one(nodes)),
              0);
      default -> {
        KvOperation.Verb[] verbs = KvOperation.Verb.values();
        yield operation(
            verbs[random.nextInt(verbs.length - 1)], one(keys), one(SESSIONS), random.nextInt(60));
      }
    };
  }
}
