package io.hanse.http.endpoints;

import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CreateSession;
import io.hanse.fsm.row.DestroySession;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Sessions;
import io.hanse.http.agent.SessionRenewal;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import io.hanse.http.json.MessageJson;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/session}: leases that hold keys. */
public final class SessionEndpoints {
  private static final String MISSING = "Missing session";
  private static final String RELEASE = "release";
  private static final String DELETE = "delete";
  private static final String SERF_HEALTH = "serfHealth";
  private static final Duration LOCK_DELAY = Duration.ofSeconds(15);
  private static final Duration TTL_MIN = Duration.ofSeconds(10);
  private static final Duration TTL_MAX = Duration.ofHours(24);

  /** Numbers below are meant as seconds. */
  private static final long NANOS_MIN = 1_000;

  private final Writes writes;
  private final SessionRenewal renewal;
  private final IdSource ids;
  private final String node;

  SessionEndpoints(Writes writes, SessionRenewal renewal, IdSource ids, String node) {
    this.writes = writes;
    this.renewal = renewal;
    this.ids = ids;
    this.node = node;
  }

  public CompletableFuture<Answer> create(Call call) {
    Session session = prepare(read(call.body()));
    return writes
        .submit(
            Command.newBuilder()
                .setCreateSession(CreateSession.newBuilder().setSession(session))
                .build(),
            "apply failed: ")
        .thenApply(
            result ->
                Answer.json(out -> out.beginObject().field("ID", session.getId()).endObject()));
  }

  /** What is not said is as in Consul: on this node, on its health, released at the end. */
  private Session.Builder read(byte[] body) {
    Session.Builder session =
        Session.newBuilder()
            .setNode(node)
            .addNodeChecks(SERF_HEALTH)
            .addChecks(SERF_HEALTH)
            .setLockDelay(protoOf(LOCK_DELAY))
            .setBehavior(RELEASE);
    if (body.length > 0) {
      try {
        MessageJson.readWeakly(body, session);
      } catch (JsonProblem e) {
        throw HttpProblem.badRequest("Request decode failed: " + e.getMessage());
      }
    }
    return session;
  }

  private Session prepare(Session.Builder session) {
    if (session.getNode().isEmpty()) {
      throw HttpProblem.internal("Must provide Node");
    }
    if (session.getBehavior().isEmpty()) {
      session.setBehavior(RELEASE);
    } else if (!List.of(RELEASE, DELETE).contains(session.getBehavior())) {
      throw HttpProblem.internal("Invalid Behavior setting '" + session.getBehavior() + "'");
    }
    chooseChecks(session);
    long nanos = durationOf(session.getLockDelay()).toNanos();
    session.setLockDelay(
        protoOf(nanos < NANOS_MIN ? Duration.ofSeconds(nanos) : Duration.ofNanos(nanos)));
    return session
        .setTtlMillis(ttlOf(session.getTtl()).toMillis())
        .setId(ids.uuid())
        .clearRaftIndex()
        .build();
  }

  /** There are two ways to name checks, each with a default that the other one takes back. */
  private static void chooseChecks(Session.Builder session) {
    if (session.getChecksCount() == 0) {
      session.clearNodeChecks();
    } else if (session.getNodeChecksCount() == 0
        || session.getChecksList().equals(List.of(SERF_HEALTH))) {
      session.clearChecks();
    }
  }

  private static Duration ttlOf(String text) {
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    Duration ttl;
    try {
      ttl = GoDuration.parse(text);
    } catch (JsonProblem e) {
      throw HttpProblem.internal("Session TTL '" + text + "' invalid: " + e.getMessage());
    }
    if (!ttl.isZero() && (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(TTL_MAX) > 0)) {
      throw HttpProblem.internal(
          "Invalid Session TTL '" + ttl.toNanos() + "', must be between [10s=24h0m0s]");
    }
    return ttl;
  }

  private static Duration durationOf(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  private static com.google.protobuf.Duration protoOf(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  public CompletableFuture<Answer> destroy(Call call) {
    return writes
        .submit(
            Command.newBuilder()
                .setDestroySession(DestroySession.newBuilder().setId(call.rest(MISSING)))
                .build())
        .thenApply(result -> Answer.json(true));
  }

  public CompletableFuture<Answer> renew(Call call) {
    String id = call.rest(MISSING);
    return renewal
        .renew(id)
        .thenApply(
            session ->
                session
                    .map(row -> Answer.json(List.of(row)))
                    .orElseThrow(() -> HttpProblem.notFound("Session id '" + id + "' not found")));
  }

  public Answer get(Call call, View view) {
    return Answer.json(new Sessions(view).session(call.rest(MISSING)).stream().toList());
  }

  public Answer ofNode(Call call, View view) {
    return Answer.json(new Sessions(view).ofNode(call.rest("Missing node name")));
  }

  public Answer list(Call call, View view) {
    return Answer.json(new Sessions(view).all());
  }
}
