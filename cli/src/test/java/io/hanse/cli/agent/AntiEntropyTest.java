package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.http.LocalCluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In virtual time: when the catalog is told, and when all of it is compared. */
class AntiEntropyTest {
  private static final long LONGEST_BETWEEN = 75_000;

  private final VirtualTime time = new VirtualTime();
  private final LocalCluster cluster = new LocalCluster();
  private final Comparisons comparisons = new Comparisons();
  private LocalRegistry registry = LocalRegistry.EMPTY;
  private CompletableFuture<CommandResult> held = new CompletableFuture<>();
  private boolean holds;
  private final AntiEntropy entropy =
      new AntiEntropy(
          new AgentIdentity(
              "n1",
              "aaaaaaaa-0000-4000-8000-000000000001",
              "dc1",
              "127.0.0.1",
              "127.0.0.1",
              Map.of()),
          time,
          comparisons,
          this::submit,
          () -> registry);

  /** Counts the passes that look into the catalog. */
  private final class Comparisons implements StateReader {
    int count;

    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      count++;
      return cluster.fresh(level, patience);
    }

    @Override
    public Freshness freshness() {
      return cluster.freshness();
    }

    @Override
    public View view() {
      return cluster.view();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      return cluster.watch(reads, since, wake);
    }
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    return holds ? held : cluster.submit(command);
  }

  private void register(String service) {
    registry =
        registry.with(
            AgentService.newBuilder()
                .setRow(NodeService.newBuilder().setId(service).setService(service))
                .build());
    entropy.changed();
    time.run();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void start() {
    entropy.start();
    time.run();
    assertThat(comparisons.count).isOne();
  }

  @Test
  void shouldCompareAllThoughItsTimeCameDuringAnotherPass() {
    start();
    holds = true;
    register("web");
    time.pass(LONGEST_BETWEEN);
    holds = false;
    held.complete(CommandResult.getDefaultInstance());
    time.run();
    assertThat(comparisons.count).isEqualTo(2);
    time.pass(LONGEST_BETWEEN);
    assertThat(comparisons.count).isEqualTo(3);
  }

  @Test
  void shouldCompareOnceAMinuteHoweverManyPassesFailed() {
    start();
    for (int i = 0; i < 20; i++) {
      cluster.loseLeader();
      register("web-" + i);
      cluster.findLeader();
      time.pass(1_000);
    }
    int before = comparisons.count;
    time.pass(10 * LONGEST_BETWEEN);
    assertThat(comparisons.count - before).isBetween(10, 13);
  }

  @Test
  void shouldPassAtOnceWhereALeaderIsThereAgain() {
    start();
    cluster.loseLeader();
    register("web");
    time.pass(120_000);
    cluster.findLeader();
    int before = comparisons.count;
    entropy.leaderIsKnown();
    time.run();
    assertThat(comparisons.count - before).isOne();
    time.pass(LONGEST_BETWEEN);
    assertThat(comparisons.count - before).as("as if nothing had failed").isEqualTo(2);
  }

  @Test
  void shouldBeginShortPausesAnewWithALeader() {
    start();
    cluster.loseLeader();
    register("web");
    time.pass(120_000);
    entropy.leaderIsKnown();
    time.run();
    cluster.findLeader();
    int before = comparisons.count;
    time.pass(500);
    assertThat(comparisons.count - before).isOne();
  }

  @Test
  void shouldLeaveALeaderInPeaceWhereNothingFailed() {
    start();
    entropy.leaderIsKnown();
    time.run();
    assertThat(comparisons.count).isOne();
  }
}
