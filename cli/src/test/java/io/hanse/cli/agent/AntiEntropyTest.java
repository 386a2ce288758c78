package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.LocalCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In virtual time: when the catalog is told, and when all of it is compared. */
class AntiEntropyTest {
  private static final long LONGEST_BETWEEN = 75_000;

  private final TellingAgent agent = new TellingAgent();
  private final VirtualTime time = agent.time;
  private final LocalCluster cluster = agent.cluster;
  private final AntiEntropy entropy = agent.entropy;

  @AfterEach
  void close() {
    agent.close();
  }

  private void start() {
    agent.start();
    assertThat(agent.comparisons).isOne();
  }

  @Test
  void shouldCompareAllThoughItsTimeCameDuringAnotherPass() {
    start();
    agent.holdAnswers();
    agent.register("web");
    time.pass(LONGEST_BETWEEN);
    agent.giveAnswers();
    assertThat(agent.comparisons).isEqualTo(2);
    time.pass(LONGEST_BETWEEN);
    assertThat(agent.comparisons).isEqualTo(3);
  }

  @Test
  void shouldCompareOnceAMinuteHoweverManyPassesFailed() {
    start();
    for (int i = 0; i < 20; i++) {
      cluster.loseLeader();
      agent.register("web-" + i);
      cluster.findLeader();
      time.pass(1_000);
    }
    int before = agent.comparisons;
    time.pass(10 * LONGEST_BETWEEN);
    assertThat(agent.comparisons - before).isBetween(10, 13);
  }

  @Test
  void shouldPassAtOnceWhereALeaderIsThereAgain() {
    start();
    cluster.loseLeader();
    agent.register("web");
    time.pass(120_000);
    cluster.findLeader();
    int before = agent.comparisons;
    entropy.leaderIsKnown();
    time.run();
    assertThat(agent.comparisons - before).isOne();
    time.pass(LONGEST_BETWEEN);
    assertThat(agent.comparisons - before).as("as if nothing had failed").isEqualTo(2);
  }

  @Test
  void shouldBeginShortPausesAnewWithALeader() {
    start();
    cluster.loseLeader();
    agent.register("web");
    time.pass(120_000);
    entropy.leaderIsKnown();
    time.run();
    cluster.findLeader();
    int before = agent.comparisons;
    time.pass(500);
    assertThat(agent.comparisons - before).isOne();
  }

  @Test
  void shouldLeaveALeaderInPeaceWhereNothingFailed() {
    start();
    entropy.leaderIsKnown();
    time.run();
    assertThat(agent.comparisons).isOne();
  }
}
