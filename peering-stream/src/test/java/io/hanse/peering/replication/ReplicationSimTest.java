package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Two peered clusters of three servers each, whose streams break, stall and are refused, whose
 * leaders change and whose servers restart, while services come and go. In every other run messages
 * come twice, and those of a stream that broke still come while the next one is open: delayed and
 * out of order over a reconnect. In every fourth run what a silent peer exported is withdrawn. When
 * all calms down, each must have what the other exports, and know it, or nothing once the peering
 * was deleted.
 *
 * <p>{@code -Dsim.seed=N} runs one seed, {@code -Dsim.seeds=N} that many from 1 instead of 1,000.
 */
class ReplicationSimTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final List<String> SERVICES = List.of("api", "db", "pay", "web");
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final List<String> STATUSES = List.of("passing", "warning", "critical");
  private static final long CALM_MILLIS_MAX = 600_000;

  /** Longer than the bound of the policy, and than it takes to give the link up. */
  private static final long DARK_MILLIS = 200_000;

  /** Runs in which services were withdrawn. */
  private static final AtomicInteger WITHDRAWALS = new AtomicInteger();

  /** A trust bundle must fit. */
  private static final int PARTS_BYTES = 1_400;

  @Test
  void shouldConvergeWhateverHappens() {
    int seeds = Integer.getInteger("sim.seeds", 1_000);
    if (SimSeeds.run(seeds, Run::new) && seeds >= 100) {
      assertThat(WITHDRAWALS).hasPositiveValue();
    }
  }

  /** One simulation. Alpha accepts and calls its peer "beta"; beta dials and calls it "alpha". */
  private static final class Run implements SimSeeds.Run {
    private final SimTime time;
    private final SimNetwork network;
    private final SimCluster alpha;
    private final SimCluster beta;
    private final SimInvariants.NeverHalfImported ofAlpha = new SimInvariants.NeverHalfImported();
    private final SimInvariants.NeverHalfImported ofBeta = new SimInvariants.NeverHalfImported();
    private final boolean isDistorted;
    private final boolean withdraws;
    private boolean started;

    Run(long seed) {
      time = new SimTime(seed);
      network = new SimNetwork(time);
      // As a real Consul, as a Hanse, and as a cluster between two versions of it.
      network.speakInChanges(List.of(0.0, 1.0, 0.5).get((int) (seed % 3)));
      alpha = new SimCluster("alpha", time, network, this::appliedAtAlpha);
      beta = new SimCluster("beta", time, network, this::appliedAtBeta);
      isDistorted = seed / 3 % 2 == 0;
      withdraws = seed / 6 % 4 == 1;
      if (seed / 24 % 2 == 1) {
        // Services of two and more instances.
        alpha.storeInPartsFrom(PARTS_BYTES);
        beta.storeInPartsFrom(PARTS_BYTES);
      }
    }

    private void appliedAtAlpha(Command command) {
      if (started) {
        ofAlpha.exporterChanged(alpha, "beta", command);
        ofBeta.imported(alpha, "beta", command);
      }
    }

    private void appliedAtBeta(Command command) {
      if (started) {
        ofBeta.exporterChanged(beta, "alpha", command);
        ofAlpha.imported(beta, "alpha", command);
      }
    }

    @Override
    public void play() {
      prepare();
      alpha.start();
      beta.start();
      trouble();
      if (withdraws) {
        goDark();
      }
      Optional<SimCluster> deleter = Optional.empty();
      if (time.chance(0.3)) {
        deleter = Optional.of(time.chance(0.5) ? alpha : beta);
        calm();
        await(this::isConverged);
        boolean deletedByAlpha = deleter.get() == alpha;
        deleter.get().delete(deletedByAlpha ? "beta" : "alpha");
        if (time.chance(0.25)) {
          time.runFor(time.random.nextLong(3_000));
          deleter.get().servers.forEach(SimCluster.Server::restart);
          deleter.get().settle();
        }
        if (time.chance(0.5)) {
          time.runFor(time.random.nextLong(100));
          boolean isNoticed = time.chance(0.5);
          network
              .connections()
              .forEach(isNoticed ? SimNetwork.Connection::cut : SimNetwork.Connection::fallSilent);
        }
      }
      if (deleter.isEmpty()) {
        calm();
        await(this::isConverged);
        new SimInvariants.Converged().check(alpha, "beta", beta, "alpha");
        new SimInvariants.Converged().check(beta, "alpha", alpha, "beta");
        new SimInvariants.ImportsAreKnown().check(alpha, "beta", ALPHA_ID);
        new SimInvariants.ImportsAreKnown().check(beta, "alpha", BETA_ID);
        if (!SimInvariants.imports(beta, "alpha").isEmpty()) {
          assertThat(network.rowsSent()).isPositive();
        }
      } else {
        boolean deletedByAlpha = deleter.get() == alpha;
        await(() -> hasEnded(deletedByAlpha));
        new SimInvariants.NothingIsLeft().check(alpha, "beta");
        new SimInvariants.NothingIsLeft().check(beta, "alpha");
      }
      new SimInvariants.ReplicasAgree().check(alpha);
      new SimInvariants.ReplicasAgree().check(beta);
    }

    private void prepare() {
      done(alpha, SimCommands.initialize(ALPHA_ID, "dc-alpha"));
      done(beta, SimCommands.initialize(BETA_ID, "dc-beta"));
      done(alpha, SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
      done(alpha, SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
      done(beta, SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
      if (withdraws) {
        done(alpha, SimCommands.withdrawAfter("beta", 45));
        done(beta, SimCommands.withdrawAfter("*", 45));
      }
      started = true;
    }

    private void trouble() {
      alpha.trouble(0.15);
      beta.trouble(0.15);
      network.trouble(1 + time.random.nextLong(400), 0.2);
      network.repeat(isDistorted ? 0.05 : 0);
      int steps = 10 + time.random.nextInt(30);
      for (int i = 0; i < steps; i++) {
        SimCluster cluster = time.chance(0.5) ? alpha : beta;
        if (time.chance(0.7)) {
          change(cluster);
        } else {
          disturb(cluster);
        }
        time.runFor(time.random.nextLong(time.chance(0.1) ? 60_000 : 1_500));
      }
    }

    private void goDark() {
      network.trouble(20, 1);
      network.connections().forEach(SimNetwork.Connection::fallSilent);
      time.runFor(DARK_MILLIS);
      if (isWithdrawn(beta, "alpha")) {
        WITHDRAWALS.incrementAndGet();
      }
    }

    private void change(SimCluster cluster) {
      String service = pick(SERVICES);
      // To those who store it, a name in another case is the same.
      String node = time.chance(0.1) ? pick(NODES).toUpperCase(Locale.ROOT) : pick(NODES);
      switch (time.random.nextInt(10)) {
        case 0, 1, 2 ->
            done(
                cluster,
                SimCommands.register(node, service, 1 + time.random.nextInt(3), pick(STATUSES)));
        case 3 -> done(cluster, SimCommands.deregister(node, service + "-" + node));
        case 4 -> done(cluster, SimCommands.gateway(node, 8_443 + time.random.nextInt(2)));
        case 5 -> done(cluster, SimCommands.sidecar(node, service));
        case 6 -> done(cluster, SimCommands.deregister(node, "gateway-" + node));
        case 7 -> {
          // There and back, while what was read before is on its way.
          List<String> owners =
              time.chance(0.5) ? List.of(service) : List.of(service, pick(SERVICES), service);
          for (String owner : owners) {
            done(cluster, SimCommands.register(node, "moving", owner, 80, "passing"));
            time.runFor(time.random.nextLong(100));
          }
        }
        case 8 -> done(cluster, SimCommands.deregister(node, "moving"));
        default -> {
          Set<String> exported = new TreeSet<>();
          SERVICES.stream().filter(name -> time.chance(0.6)).forEach(exported::add);
          done(cluster, SimCommands.export(cluster == alpha ? "beta" : "alpha", exported));
        }
      }
    }

    private void disturb(SimCluster cluster) {
      SimCluster.Server server = cluster.servers.get(time.random.nextInt(cluster.servers.size()));
      switch (time.random.nextInt(isDistorted ? 6 : 4)) {
        case 0 -> network.connections().forEach(SimNetwork.Connection::cut);
        case 1 -> network.connections().forEach(SimNetwork.Connection::fallSilent);
        case 2 -> server.restart();
        case 4, 5 -> {
          boolean dialerNotices = time.chance(0.5);
          long lateMillis = time.random.nextLong(10_000);
          network.connections().forEach(each -> each.tear(dialerNotices, lateMillis));
        }
        default -> cluster.moveLeadership(server);
      }
    }

    private void calm() {
      network.trouble(20, 0);
      network.repeat(0);
      alpha.settle();
      beta.settle();
      time.runFor(7_000);
    }

    private void await(BooleanSupplier condition) {
      long waited = 0;
      // A second look: what was on its way must not have changed anything.
      int inARow = 0;
      while (inARow < 2 && waited < CALM_MILLIS_MAX) {
        time.runFor(5_000);
        waited += 5_000;
        inARow = condition.getAsBoolean() ? inARow + 1 : 0;
      }
      assertThat(inARow)
          .as(
              "reached within %d ms: alpha exports %s, beta imports %s; beta exports %s, alpha"
                  + " imports %s; connected %s %s",
              CALM_MILLIS_MAX,
              SimInvariants.exports(alpha, "beta"),
              SimInvariants.imports(beta, "alpha"),
              SimInvariants.exports(beta, "alpha"),
              SimInvariants.imports(alpha, "beta"),
              isActive(alpha, ALPHA_ID),
              isActive(beta, BETA_ID))
          .isEqualTo(2);
    }

    private boolean isConverged() {
      SimInvariants.Converged converged = new SimInvariants.Converged();
      return converged.isTrue(alpha, "beta", beta, "alpha")
          && converged.isTrue(beta, "alpha", alpha, "beta")
          && isActive(alpha, ALPHA_ID)
          && isActive(beta, BETA_ID)
          && !isWithdrawn(alpha, "beta")
          && !isWithdrawn(beta, "alpha");
    }

    private static boolean isWithdrawn(SimCluster cluster, String peer) {
      try (View view = cluster.view()) {
        return new Peerings(view).withdrawal(peer).isPresent();
      }
    }

    private static boolean isActive(SimCluster cluster, String id) {
      return cluster.servers.stream().anyMatch(server -> server.statuses.isConnected(id));
    }

    /** The deleter has forgotten the peering, and the other one knows that it has ended. */
    private boolean hasEnded(boolean deletedByAlpha) {
      Optional<Peering> atAlpha = peering(alpha, "beta");
      Optional<Peering> atBeta = peering(beta, "alpha");
      Optional<Peering> deleted = deletedByAlpha ? atAlpha : atBeta;
      Optional<Peering> other = deletedByAlpha ? atBeta : atAlpha;
      return deleted.isEmpty()
          && other.isPresent()
          && other.get().getState() == PeeringState.TERMINATED
          && SimInvariants.imports(alpha, "beta").isEmpty()
          && SimInvariants.imports(beta, "alpha").isEmpty();
    }

    private static Optional<Peering> peering(SimCluster cluster, String name) {
      try (View view = cluster.view()) {
        return new Peerings(view).byName(name);
      }
    }

    private static void done(SimCluster cluster, Command command) {
      CommandResult result = cluster.apply(command);
      assertThat(result.getMessage()).isEmpty();
    }

    private <T> T pick(List<T> choices) {
      return choices.get(time.random.nextInt(choices.size()));
    }

    @Override
    public void close() {
      alpha.close();
      beta.close();
    }
  }
}
