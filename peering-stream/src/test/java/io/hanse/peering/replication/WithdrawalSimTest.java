package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A peer falls silent and comes back while its services never cease to change. What readers find
 * when its services are given back must not be older than its return. {@code -Dsim.seed=N} runs one
 * seed.
 */
class WithdrawalSimTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final int SERVICES = 40;
  private static final long BOUND_MILLIS = 60_000;
  private static final long CHANGE_MILLIS = 40;

  /** A dial within eight seconds, a pass of all changes, and well below half the bound. */
  private static final long BACK_MILLIS_MAX = 20_000;

  @Test
  void shouldShowNothingFromBeforeTheSilence() {
    SimSeeds.run(12, Run::new);
  }

  private static final class Run implements SimSeeds.Run {
    private final SimTime time;
    private final SimNetwork network;
    private final SimCluster alpha;
    private final SimCluster beta;

    /** The port of each service at alpha, which counts its changes. */
    private final Map<String, Integer> ports = new TreeMap<>();

    private Map<String, Integer> atReturn = Map.of();
    private boolean linkIsDown;
    private final List<String> old = new ArrayList<>();
    private int givenBack;

    Run(long seed) {
      time = new SimTime(seed);
      network = new SimNetwork(time);
      network.speakInChanges(1);
      alpha = new SimCluster("alpha", time, network, command -> {});
      beta = new SimCluster("beta", time, network, this::appliedAtBeta);
    }

    private void appliedAtBeta(Command command) {
      if (command.hasWithdrawImports() && !command.getWithdrawImports().getWithdrawn()) {
        givenBack++;
        atReturn.forEach(
            (service, port) -> {
              if (portAtBeta(service) < port) {
                old.add(service);
              }
            });
      }
    }

    private int portAtBeta(String service) {
      try (View view = beta.view()) {
        return new Health(view)
            .service("alpha", service).stream()
                .map(CheckServiceNode::getService)
                .mapToInt(instance -> instance.getPort())
                .findFirst()
                .orElse(0);
      }
    }

    private boolean isWithdrawn() {
      try (View view = beta.view()) {
        return new Peerings(view).withdrawal("alpha").isPresent();
      }
    }

    private void change(String service) {
      int port = ports.merge(service, 1, Integer::sum);
      alpha.apply(SimCommands.register("n1", service, port, "passing"));
    }

    private void changeForEver() {
      change("svc-" + time.random.nextInt(SERVICES));
      time.after(CHANGE_MILLIS, this::changeForEver);
    }

    private void cutForEver() {
      if (linkIsDown) {
        network.connections().forEach(SimNetwork.Connection::fallSilent);
        time.after(10, this::cutForEver);
      }
    }

    @Override
    public void play() {
      alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
      beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
      alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
      alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
      beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
      beta.apply(SimCommands.withdrawAfter("alpha", BOUND_MILLIS / 1_000));
      List<String> all = IntStream.range(0, SERVICES).mapToObj(i -> "svc-" + i).toList();
      all.forEach(this::change);
      alpha.apply(SimCommands.export("beta", all));
      alpha.start();
      beta.start();
      time.runFor(20_000);
      assertThat(portAtBeta("svc-0")).isPositive();
      changeForEver();
      time.runFor(10_000);

      linkIsDown = true;
      network.trouble(20, 1);
      cutForEver();
      time.runFor(2 * BOUND_MILLIS);
      assertThat(isWithdrawn()).isTrue();
      if (time.chance(0.5)) {
        beta.moveLeadership(beta.servers.get(1 + time.random.nextInt(2)));
        time.runFor(5_000);
        assertThat(isWithdrawn()).isTrue();
      }

      atReturn = new TreeMap<>(ports);
      linkIsDown = false;
      network.connections().forEach(SimNetwork.Connection::cut);
      network.trouble(1 + time.random.nextLong(150), 0);
      time.runFor(BACK_MILLIS_MAX);
      assertThat(isWithdrawn()).as("while changes do not pause").isFalse();
      assertThat(givenBack).isEqualTo(1);
      assertThat(old).as("shown as they were before the silence").isEmpty();
    }

    @Override
    public void close() {
      alpha.close();
      beta.close();
    }
  }
}
