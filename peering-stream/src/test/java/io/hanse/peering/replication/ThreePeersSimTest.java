package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * A hub of two spokes, each of which is shown something else of it, and that ever again. All have
 * services of the same names, with gateways and sidecars; streams break, leaders change and servers
 * restart. Whatever is sent is held against what its receiver may know, as in all simulations
 * ({@link OnlyWhatIsExported}). {@code -Dsim.seed=N} runs one seed.
 */
class ThreePeersSimTest {
  private static final List<String> SERVICES = List.of("api", "db", "pay", "web");
  private static final List<String> NODES = List.of("n1", "n2");
  private static final List<String> STATUSES = List.of("passing", "critical");
  private static final String EAST_AT_HUB = "ea570000-0000-4000-8000-000000000001";
  private static final String WEST_AT_HUB = "3e570000-0000-4000-8000-000000000002";
  private static final String HUB_AT_EAST = "00b00000-0000-4000-8000-000000000003";
  private static final String HUB_AT_WEST = "00b00000-0000-4000-8000-000000000004";
  private static final int SEEDS = 200;
  private static final int STEPS = 40;
  private static final long CALM_MILLIS_MAX = 600_000;

  @Test
  void shouldSendToNobodyWhatIsExportedToAnother() {
    SimSeeds.run(SEEDS, Run::new);
  }

  /** One simulation. The hub is dialed by east, and dials west. */
  private static final class Run implements SimSeeds.Run {
    private final SimTime time;
    private final SimNetwork network;
    private final SimCluster hub;
    private final SimCluster east;
    private final SimCluster west;

    /** What the hub shows of each service, and to whom. */
    private final Map<String, Set<String>> consumers = new TreeMap<>();

    Run(long seed) {
      time = new SimTime(seed);
      network = new SimNetwork(time);
      network.speakInChanges(List.of(0.0, 1.0, 0.5).get((int) (seed % 3)));
      hub = new SimCluster("hub", time, network, command -> {});
      east = new SimCluster("east", time, network, command -> {});
      west = new SimCluster("west", time, network, command -> {});
    }

    @Override
    public void play() {
      prepare();
      all().forEach(SimCluster::start);
      all().forEach(cluster -> cluster.trouble(0.1));
      network.trouble(1 + time.random.nextLong(300), 0.1);
      for (int i = 0; i < STEPS; i++) {
        if (time.chance(0.85)) {
          change(pick(all()));
        } else {
          disturb(pick(all()));
        }
        time.runFor(time.random.nextLong(time.chance(0.1) ? 30_000 : 1_500));
      }
      network.trouble(20, 0);
      all().forEach(SimCluster::settle);
      time.runFor(7_000);
      await(() -> isSame(hub, east) && isSame(hub, west) && isSame(east, hub) && isSame(west, hub));
    }

    private List<SimCluster> all() {
      return List.of(hub, east, west);
    }

    private void prepare() {
      done(hub, SimCommands.initialize(EAST_AT_HUB, "dc-hub"));
      done(east, SimCommands.initialize(HUB_AT_EAST, "dc-east"));
      done(west, SimCommands.initialize(HUB_AT_WEST, "dc-west"));
      done(hub, SimCommands.acceptor(EAST_AT_HUB, "east", "establishment"));
      done(hub, SimCommands.exchange(EAST_AT_HUB, "establishment", "stream"));
      done(east, SimCommands.dialer(HUB_AT_EAST, "hub", EAST_AT_HUB, hub.addresses(), "stream"));
      done(west, SimCommands.acceptor(HUB_AT_WEST, "hub", "establishment"));
      done(west, SimCommands.exchange(HUB_AT_WEST, "establishment", "stream"));
      done(hub, SimCommands.dialer(WEST_AT_HUB, "west", HUB_AT_WEST, west.addresses(), "stream"));
    }

    private void change(SimCluster cluster) {
      String service = pick(SERVICES);
      String node = pick(NODES);
      switch (time.random.nextInt(10)) {
        case 0, 1, 2 -> {
          // Of the hub and of each spoke they have ports that differ.
          int port = 100 * all().indexOf(cluster) + time.random.nextInt(3);
          done(cluster, SimCommands.register(node, service, 1 + port, pick(STATUSES)));
        }
        case 3 -> done(cluster, SimCommands.deregister(node, service + "-" + node));
        case 4 -> done(cluster, SimCommands.gateway(node, 8_443 + time.random.nextInt(2)));
        case 5 -> done(cluster, SimCommands.sidecar(node, service));
        default -> export(cluster);
      }
    }

    private void export(SimCluster cluster) {
      if (cluster != hub) {
        done(cluster, SimCommands.export("hub", some(SERVICES)));
        return;
      }
      for (String service : some(SERVICES)) {
        consumers.put(service, some(List.of("east", "west")));
      }
      done(hub, SimCommands.exportTo(consumers));
    }

    private Set<String> some(Collection<String> choices) {
      Set<String> some = new TreeSet<>(choices);
      some.removeIf(choice -> time.chance(0.5));
      return some;
    }

    private void disturb(SimCluster cluster) {
      SimCluster.Server server = pick(cluster.servers);
      switch (time.random.nextInt(4)) {
        case 0 -> network.connections().forEach(SimNetwork.Connection::cut);
        case 1 -> network.connections().forEach(each -> each.tear(time.chance(0.5), 5_000));
        case 2 -> server.restart();
        default -> cluster.moveLeadership(server);
      }
    }

    private static boolean isSame(SimCluster exporter, SimCluster importer) {
      return new SimInvariants.Converged().isTrue(exporter, importer.name, importer, exporter.name);
    }

    private void await(BooleanSupplier condition) {
      long waited = 0;
      while (!condition.getAsBoolean() && waited < CALM_MILLIS_MAX) {
        time.runFor(5_000);
        waited += 5_000;
      }
      for (SimCluster spoke : List.of(east, west)) {
        new SimInvariants.Converged().check(hub, spoke.name, spoke, "hub");
        new SimInvariants.Converged().check(spoke, "hub", hub, spoke.name);
      }
    }

    private static void done(SimCluster cluster, Command command) {
      assertThat(cluster.apply(command).getMessage()).isEmpty();
    }

    private <T> T pick(List<T> choices) {
      return choices.get(time.random.nextInt(choices.size()));
    }

    @Override
    public void close() {
      all().forEach(SimCluster::close);
    }
  }
}
