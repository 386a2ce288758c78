package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Two clusters in which, for a while, any look at the state may end with a mistake that nobody
 * foresaw: whatever broke off is begun anew, by itself, once that is over.
 */
class MistakesSimTest {
  /** More than for which anything is kept for a peer that is away. */
  private static final long KEPT_MILLIS = 1_300_000;

  private static final int SEEDS = Integer.getInteger("sim.seeds", 40);

  @Test
  void shouldReplicateAllOnceMistakesAreOver() {
    SimSeeds.run(SEEDS, MistakesRun::new);
  }

  private static final class MistakesRun implements SimSeeds.Run {
    private static final String ALPHA_ID = SimPair.ALPHA_ID;
    private static final String BETA_ID = SimPair.BETA_ID;

    private final SimTime time;
    private final SimNetwork network;
    private final SimCluster alpha;
    private final SimCluster beta;
    private final Set<String> names = new TreeSet<>();

    MistakesRun(long seed) {
      time = new SimTime(seed);
      network = new SimNetwork(time);
      network.speakInChanges(seed % 2 == 0 ? 0 : 1);
      alpha = new SimCluster("alpha", time, network, command -> {});
      beta = new SimCluster("beta", time, network, command -> {});
      time.carryOn(true);
    }

    @Override
    public void play() {
      alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
      beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
      alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
      alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
      beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
      mistakes(0.3);
      alpha.start();
      beta.start();
      for (int i = 0; i < 30; i++) {
        change(i);
        time.runFor(time.random.nextLong(3_000));
        if (i % 8 == 5) {
          network.connections().forEach(SimNetwork.Connection::cut);
        }
        if (i % 10 == 7) {
          SimCluster cluster = i % 20 == 7 ? alpha : beta;
          cluster.moveLeadership(cluster.servers.get(i % cluster.servers.size()));
        }
      }
      mistakes(0);
      time.runFor(90_000);
      assertThat(network.connections()).hasSize(1);
      assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);
      assertThat(SimInvariants.imports(alpha, "beta").keySet()).isEqualTo(names);
      requireNothingLeftBy(alpha);
      requireNothingLeftBy(beta);
    }

    /** Without a leader each server watches one thing: which peerings have parted. */
    private void requireNothingLeftBy(SimCluster cluster) {
      cluster.standDown();
      time.runFor(KEPT_MILLIS);
      assertThat(cluster.machine.watches().count()).isEqualTo(cluster.servers.size());
    }

    private void mistakes(double share) {
      alpha.mistakes(share);
      beta.mistakes(share);
    }

    private void change(int number) {
      names.add("service-" + number);
      for (SimCluster cluster : new SimCluster[] {alpha, beta}) {
        cluster.apply(SimCommands.register("n1", "service-" + number, 80, "passing"));
        cluster.apply(SimCommands.export(cluster == alpha ? "beta" : "alpha", names));
      }
    }

    @Override
    public void close() {
      alpha.close();
      beta.close();
    }
  }
}
