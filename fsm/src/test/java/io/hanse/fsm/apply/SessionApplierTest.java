package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.createSession;
import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.destroy;
import static io.hanse.fsm.apply.Commands.expire;
import static io.hanse.fsm.apply.Commands.lock;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.openTimers;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.session;
import static io.hanse.fsm.row.WriteKv.Verb.LOCK;
import static io.hanse.fsm.row.WriteKv.Verb.UNLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.HealthCheckDefinition;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Kv;
import io.hanse.fsm.view.Sessions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionApplierTest {
  private final Replica replica = new Replica();

  @BeforeEach
  void registerNode() {
    replica.done(
        register(
            node("n1"),
            service("web", "w1"),
            check("serfHealth", "", "passing"),
            check("alive", "w1", "warning"),
            check("sick", "", "critical")));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private List<String> sessions() {
    return new Sessions(replica.now()).all().stream().map(Session::getId).toList();
  }

  private KvEntry entry(String key) {
    return new Kv(replica.now()).get(key).orElseThrow();
  }

  private boolean locks(String key, String session) {
    return replica.done(lock(LOCK, key, session)).getDone();
  }

  private static Session.Builder onChecks(String id, String... checks) {
    return session(id, "n1").addAllNodeChecks(List.of(checks));
  }

  @Test
  void shouldRefuseToStandOnWhatIsNotThere() {
    assertThat(replica.refusal(createSession(session("a", "n9"))))
        .isEqualTo("Missing node registration");
    assertThat(replica.refusal(createSession(onChecks("a", "serfHealth", "zz"))))
        .isEqualTo("Missing check 'zz' registration");
    assertThat(replica.refusal(createSession(onChecks("a", "sick"))))
        .isEqualTo("Check 'sick' is in critical state");
    assertThat(replica.refusal(createSession(session("a", "n1").setBehavior("zz"))))
        .isEqualTo("Invalid session behavior: zz");
    assertThat(sessions()).isEmpty();
  }

  @Test
  void shouldEndWithTheCheckThatItStandsOn() {
    replica.done(createSession(onChecks("a", "serfHealth")));
    replica.done(createSession(onChecks("b", "ALIVE")));
    replica.done(createSession(session("c", "N1")));

    replica.done(register(node("n1"), check("alive", "w1", "critical")));
    assertThat(sessions()).containsExactly("a", "c");

    replica.done(deregister("n1", "", "serfHealth"));
    assertThat(sessions()).containsExactly("c");

    replica.done(deregister("n1", "", ""));
    assertThat(sessions()).isEmpty();
  }

  @Test
  void shouldEndWithTheServiceWhoseCheckItStandsOn() {
    replica.done(createSession(onChecks("a", "alive")));
    replica.done(deregister("n1", "w1", ""));
    assertThat(sessions()).isEmpty();
  }

  @Test
  void shouldReleaseOrDeleteWhatItHeld() {
    replica.done(createSession(session("a", "n1")));
    replica.done(createSession(session("b", "n1").setBehavior("delete")));
    assertThat(locks("x", "a")).isTrue();
    assertThat(locks("y", "b")).isTrue();

    replica.done(destroy("a"));
    long ended = replica.done(destroy("b")).getIndex();

    assertThat(entry("x").getSession()).isEmpty();
    assertThat(entry("x").getLockIndex()).isEqualTo(1);
    assertThat(new Kv(replica.now()).get("y")).isEmpty();
    assertThat(replica.index(rows -> new Kv(rows).get("y"))).isEqualTo(ended);
    assertThat(replica.done(destroy("b")).getDone()).isFalse();
  }

  @Test
  void shouldCountLocksAndLetOneHold() {
    replica.done(createSession(session("a", "n1")));
    replica.done(createSession(session("b", "n1")));

    assertThat(locks("x", "a")).isTrue();
    assertThat(locks("x", "a")).isTrue();
    assertThat(locks("x", "b")).isFalse();
    assertThat(replica.done(lock(UNLOCK, "x", "b")).getDone()).isFalse();
    assertThat(entry("x").getLockIndex()).isEqualTo(1);
    assertThat(replica.done(lock(UNLOCK, "x", "a")).getDone()).isTrue();
    assertThat(locks("x", "b")).isTrue();
    assertThat(entry("x").getLockIndex()).isEqualTo(2);
    assertThat(replica.done(lock(UNLOCK, "zz", "a")).getDone()).isFalse();
    assertThat(replica.refusal(lock(LOCK, "x", "zz"))).isEqualTo("invalid session \"zz\"");
    assertThat(replica.refusal(lock(LOCK, "x", ""))).isEqualTo("missing session");
  }

  @Test
  void shouldKeepAKeyFromBeingLockedForTheDelay() {
    replica.done(
        createSession(session("a", "n1").setLockDelay(Duration.newBuilder().setSeconds(10))));
    replica.done(createSession(session("b", "n1")));
    locks("x", "a");
    replica.done(destroy("a"));

    replica.timeMillis += 9_999;
    assertThat(locks("x", "b")).isFalse();
    assertThat(locks("other", "b")).isTrue();
    replica.timeMillis += 1;
    assertThat(locks("x", "b")).isTrue();
  }

  @Test
  void shouldKeepALaterDelayWhenAnEarlierOneIsRestored() {
    replica.done(
        createSession(session("a", "n1").setLockDelay(Duration.newBuilder().setSeconds(10))));
    replica.done(
        createSession(session("c", "n1").setLockDelay(Duration.newBuilder().setSeconds(10))));
    replica.done(createSession(session("b", "n1")));
    locks("x", "a");
    replica.done(destroy("a"));
    byte[] snapshot = RestoreApplierTest.snapshot(replica.machine);

    replica.timeMillis += 10_000;
    locks("x", "c");
    replica.done(destroy("c"));
    RestoreApplierTest.restore("r", snapshot, new Random(1)).forEach(replica::done);
    replica.timeMillis += 1;
    locks("other", "c");
    // This begins another delay, which drops those that are over.
    replica.done(destroy("c"));
    assertThat(locks("x", "b")).isFalse();
    replica.timeMillis += 10_000;
    assertThat(locks("x", "b")).isTrue();
  }

  @Test
  void shouldNotDelayForMoreThanAMinute() {
    replica.done(
        createSession(session("a", "n1").setLockDelay(Duration.newBuilder().setSeconds(3600))));
    replica.done(createSession(session("b", "n1")));
    locks("x", "a");
    replica.done(destroy("a"));

    replica.timeMillis += 60_000;
    assertThat(locks("x", "b")).isTrue();
  }

  @Test
  void shouldNotDelayWhatWasReleasedBefore() {
    replica.done(
        createSession(session("a", "n1").setLockDelay(Duration.newBuilder().setSeconds(10))));
    replica.done(createSession(session("b", "n1")));
    locks("x", "a");
    replica.done(lock(UNLOCK, "x", "a"));
    replica.done(destroy("a"));
    assertThat(locks("x", "b")).isTrue();
  }

  @Test
  void shouldExpireOnlyForTheNewestTimers() {
    replica.done(createSession(session("a", "n1").setTtlMillis(10_000)));
    assertThat(replica.done(expire(0, "a")).getDone()).isFalse();
    long first = replica.done(openTimers()).getIndex();
    long second = replica.done(openTimers()).getIndex();

    assertThat(replica.done(expire(first, "a")).getDone()).isFalse();
    assertThat(sessions()).containsExactly("a");
    assertThat(replica.done(expire(second, "a", "unknown")).getDone()).isTrue();
    assertThat(sessions()).isEmpty();
  }

  @Test
  void shouldListThoseWithTimeToLiveByAge() {
    replica.done(createSession(session("z", "n1").setTtlMillis(10_000)));
    replica.done(createSession(session("b", "n1")));
    long index = new Sessions(replica.now()).withTtlSince(0).get(0).getRaftIndex().getCreateIndex();
    replica.done(createSession(session("c", "n1").setTtlMillis(10_000)));

    assertThat(new Sessions(replica.now()).withTtlSince(0))
        .extracting(Session::getId)
        .containsExactly("z", "c");
    assertThat(new Sessions(replica.now()).withTtlSince(index))
        .extracting(Session::getId)
        .containsExactly("c");
  }

  private static HealthCheck.Builder following(String id, String sessionName) {
    return check(id, "", "critical")
        .setType("session")
        .setDefinition(HealthCheckDefinition.newBuilder().setSessionName(sessionName));
  }

  private HealthCheck stored(String check) {
    return new Health(replica.now()).check("", "n1", check).orElseThrow();
  }

  @Test
  void shouldTurnChecksThatFollowIt() {
    replica.done(register(node("n1"), following("leader", "lead")));

    replica.done(createSession(session("a", "n1").setName("lead").addNodeChecks("leader")));
    assertThat(stored("leader").getStatus()).isEqualTo("passing");
    assertThat(stored("leader").getOutput()).isEqualTo("Session 'a' in force");

    replica.done(destroy("a"));
    assertThat(stored("leader").getStatus()).isEqualTo("critical");
    assertThat(stored("leader").getOutput()).isEqualTo("Session 'a' is invalid");
  }

  @Test
  void shouldEndALongChainOfSessions() {
    int length = 3_000;
    for (int i = 0; i < length; i++) {
      replica.done(register(node("n1"), following("c" + i, "name" + i)));
      Session.Builder session = session("s" + i, "n1").setName("name" + i);
      if (i > 0) {
        session.addNodeChecks("c" + (i - 1));
      }
      replica.done(createSession(session));
    }

    replica.done(destroy("s0"));
    assertThat(sessions()).isEmpty();
  }
}
