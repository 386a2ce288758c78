package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.Leadership.Standing;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How soon an election is called, by a clock that the test moves. */
class LeaderLossTest {
  private static final RaftSettings.Timing TIMING = RaftSettings.Timing.defaults();

  private long nowMillis = 1_000;
  private int elections;
  private Standing standing = new Standing(1, false, Optional.of("a"));
  private final Later later = new Later();
  private final LeaderContact contact = new LeaderContact(() -> nowMillis * 1_000_000);

  private final FakeConsensus consensus =
      new FakeConsensus("b") {
        @Override
        public void callElection() {
          elections++;
        }
      };

  /** Runs what is due when the clock is moved. */
  private final class Later extends ScheduledThreadPoolExecutor {
    private final TreeMap<Long, Runnable> due = new TreeMap<>();

    Later() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      due.put(nowMillis + unit.toMillis(delay), task);
      return null;
    }

    void pass(long millis) {
      long end = nowMillis + millis;
      while (!due.isEmpty() && due.firstKey() <= end) {
        nowMillis = due.firstKey();
        due.pollFirstEntry().getValue().run();
      }
      nowMillis = end;
    }
  }

  @AfterEach
  void end() {
    later.shutdownNow();
  }

  private LeaderStanding follow(String self) {
    consensus.voters = new Consensus.Voters(Set.of("a", "b", "c"), Set.of());
    LeaderStanding now = new LeaderStanding(self, () -> standing, Runnable::run);
    now.refresh();
    contact.onLoss(new LeaderLoss(now, consensus, contact, TIMING, later)::suspected);
    contact.heardFrom("a");
    return now;
  }

  /** Leases rest on it that nobody is sooner. */
  @Test
  void shouldCallAnElectionSoonAfterTheShortestTimeout() {
    follow("b");
    later.pass(20);
    contact.lost("a");
    contact.lost("a");

    later.pass(TIMING.shortestElectionMillis() - 20);
    assertThat(elections).isZero();
    later.pass(TIMING.shortestElectionMillis() / 6);
    assertThat(elections).isEqualTo(1);
  }

  /** So that two do not stand at once. */
  @Test
  void shouldLetAnotherGoFirst() {
    follow("c");
    contact.lost("a");

    later.pass(TIMING.shortestElectionMillis() * 4 / 3);
    assertThat(elections).isZero();
    later.pass(TIMING.shortestElectionMillis() / 6);
    assertThat(elections).isEqualTo(1);
  }

  /** A connection may break, and the leader be heard on the next. */
  @Test
  void shouldCallNoneWhereTheLeaderIsHeardAgain() {
    follow("b");
    contact.lost("a");
    later.pass(200);
    contact.heardFrom("a");
    later.pass(10_000);
    assertThat(elections).isZero();

    contact.lost("a");
    later.pass(10_000);
    assertThat(elections).isEqualTo(1);
  }

  @Test
  void shouldCallNoneWhereAnotherLeads() {
    LeaderStanding known = follow("b");
    contact.lost("a");
    standing = new Standing(2, false, Optional.of("c"));
    known.refresh();
    later.pass(10_000);
    assertThat(elections).isZero();
  }
}
