package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CreateSession;
import io.hanse.fsm.row.DestroySession;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Sessions;
import io.hanse.http.LocalCluster;
import io.hanse.peering.replication.Standstill;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several servers over one log, in virtual time. */
class SessionTimersTest {
  private static final long TTL = 10_000;

  private LocalCluster log;
  private VirtualTime time;
  private List<FakeServer> servers;
  private long term;

  @BeforeEach
  void begin() {
    log = new LocalCluster();
    time = new VirtualTime();
    servers = new ArrayList<>();
    term = 0;
    for (int i = 0; i < 3; i++) {
      servers.add(new FakeServer(time, log, servers));
    }
    log.submit(
            Command.newBuilder()
                .setRegister(RegisterCatalog.newBuilder().setNode(Node.newBuilder().setNode("n1")))
                .build())
        .join();
  }

  @AfterEach
  void end() {
    log.close();
  }

  /** One steps down, then the other leads. */
  private void lead(int server) {
    servers.forEach(FakeServer::stepDown);
    servers.get(server).lead(++term);
    time.run();
  }

  private void create(String id) {
    log.submit(
            Command.newBuilder()
                .setCreateSession(
                    CreateSession.newBuilder()
                        .setSession(
                            Session.newBuilder()
                                .setId(id)
                                .setNode("n1")
                                .setBehavior("release")
                                .setLockDelay(Duration.getDefaultInstance())
                                .setTtlMillis(TTL)))
                .build())
        .join();
    time.run();
  }

  private boolean lives(String id) {
    try (View view = log.view()) {
      return new Sessions(view).session(id).isPresent();
    }
  }

  private Optional<Session> renew(int at, String id) {
    CompletableFuture<Optional<Session>> answer = servers.get(at).timers.renew(id);
    time.run();
    return answer.join();
  }

  @Test
  void shouldEndAfterTwiceTheTime() {
    lead(0);
    create("a");
    time.pass(2 * TTL - 1);
    assertThat(lives("a")).isTrue();
    time.pass(1);
    assertThat(lives("a")).isFalse();
  }

  @Test
  void shouldBeginAnewAtARenewalOnAnyServer() {
    lead(0);
    create("a");
    for (int i = 0; i < 5; i++) {
      time.pass(TTL);
      assertThat(renew(i % 3, "a")).isPresent();
    }
    time.pass(2 * TTL - 1);
    assertThat(lives("a")).isTrue();
    time.pass(1);
    assertThat(lives("a")).isFalse();
    assertThat(renew(1, "a")).isEmpty();
  }

  @Test
  void shouldGiveAllTheTimeAgainWhenLeadershipMoves() {
    lead(0);
    create("a");
    time.pass(2 * TTL - 1);
    lead(1);
    time.pass(2 * TTL - 1);
    assertThat(lives("a")).isTrue();
    time.pass(1);
    assertThat(lives("a")).isFalse();
  }

  @Test
  void shouldLeaveOneThatWasDestroyed() {
    lead(0);
    create("a");
    create("b");
    log.submit(
            Command.newBuilder().setDestroySession(DestroySession.newBuilder().setId("a")).build())
        .join();
    time.pass(TTL);
    renew(0, "b");
    time.pass(TTL);
    assertThat(lives("b")).isTrue();
  }

  @Test
  void shouldNotHearAnEarlierLeader() {
    lead(0);
    create("a");
    FakeServer late = servers.get(0);
    late.holdProposals();
    time.pass(2 * TTL);
    lead(1);

    late.deliverProposals();
    time.run();
    assertThat(lives("a")).isTrue();
    time.pass(TTL);
    assertThat(renew(2, "a")).isPresent();
    time.pass(2 * TTL - 1);
    assertThat(lives("a")).isTrue();
  }

  @Test
  void shouldAnswerARenewalWhenItIsKnownWhetherTheSessionEnds() {
    lead(0);
    create("a");
    servers.get(0).holdProposals();
    time.pass(2 * TTL);
    CompletableFuture<Optional<Session>> answer = servers.get(1).timers.renew("a");
    time.run();
    assertThat(answer).isNotDone();

    servers.get(0).deliverProposals();
    time.run();
    assertThat(answer.join()).isEmpty();
    assertThat(lives("a")).isFalse();
  }

  @Test
  void shouldGoOnAfterAProposalFailed() {
    lead(0);
    create("a");
    servers.get(0).failProposals();
    time.pass(2 * TTL);
    assertThat(lives("a")).isTrue();
    servers.get(0).deliverProposals();

    time.pass(2 * TTL + 2_000);
    assertThat(lives("a")).isFalse();
  }

  @Test
  void shouldNotCountWhatTheProcessStoodStill() {
    lead(0);
    create("a");
    create("b");
    time.pass(TTL);
    time.standStill(5 * TTL);
    time.run();
    assertThat(lives("a")).isTrue();
    assertThat(renew(0, "a")).as("it waited in the socket").isPresent();

    time.pass(TTL - 1);
    assertThat(lives("b")).as("what it had left before").isTrue();
    time.pass(Standstill.LOOK_MILLIS + 1);
    assertThat(lives("b")).isFalse();
    assertThat(lives("a")).isTrue();
    time.pass(TTL - Standstill.LOOK_MILLIS - 1);
    assertThat(lives("a")).as("a renewal after it gives no more than any").isTrue();
    time.pass(1);
    assertThat(lives("a")).isFalse();
  }

  @Test
  void shouldGiveNoTimeForWhatIsOnlyABitLate() {
    lead(0);
    create("a");
    time.pass(TTL);
    time.standStill(2_000);
    time.pass(TTL - 2_000);
    assertThat(lives("a")).isFalse();
  }

  /** It was made before others that the leader has seen. */
  @Test
  void shouldEndWhatARestoreBrought() {
    lead(0);
    create("a");
    byte[] archive = log.archive();
    create("b");
    log.submit(
            Command.newBuilder().setDestroySession(DestroySession.newBuilder().setId("a")).build())
        .join();
    time.pass(2 * TTL);

    log.restore(archive);
    time.run();
    assertThat(renew(0, "a")).isPresent();
    time.pass(2 * TTL - 1);
    assertThat(lives("a")).isTrue();
    assertThat(lives("b")).isFalse();
    time.pass(1);
    assertThat(lives("a")).isFalse();
  }

  /** Leaders come and go, proposals are late or lost: what was renewed in time lives. */
  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void shouldKeepWhatIsRenewed(@ForAll long seed) {
    begin();
    Random random = new Random(seed);
    Map<String, Long> renewed = new TreeMap<>();
    lead(0);
    int leader = 0;
    for (int step = 0; step < 60; step++) {
      String id = "s" + random.nextInt(4);
      switch (random.nextInt(8)) {
        case 0 -> {
          leader = random.nextInt(3);
          lead(leader);
        }
        case 1 -> servers.get(leader).holdProposals();
        case 2 -> servers.get(random.nextInt(3)).deliverProposals();
        case 3 -> {
          if (!lives(id)) {
            create(id);
            renewed.put(id, time.nowMillis());
          }
        }
        case 4, 5 -> {
          CompletableFuture<Optional<Session>> answer =
              servers.get(random.nextInt(3)).timers.renew(id);
          time.run();
          boolean isRenewed =
              answer.isDone() && !answer.isCompletedExceptionally() && answer.join().isPresent();
          if (isRenewed) {
            renewed.put(id, time.nowMillis());
          }
        }
        default -> time.pass(random.nextInt((int) TTL));
      }
      renewed.forEach(
          (name, at) -> {
            if (time.nowMillis() - at < 2 * TTL) {
              assertThat(lives(name)).as(name + " of seed " + seed).isTrue();
            }
          });
    }
    servers.forEach(FakeServer::deliverProposals);
    lead(1);
    time.pass(4 * TTL);
    for (int i = 0; i < 4; i++) {
      assertThat(lives("s" + i)).as("s" + i + " of seed " + seed).isFalse();
    }
    end();
  }
}
