package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One cluster with fifty peers, in virtual time: a change costs each of them once, not more. */
class ManyPeeringsTest {
  private static final int PEERS = 50;
  private static final String HUB = "hub";

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster hub = new SimCluster(HUB, time, network, command -> {});
  private final List<SimCluster> spokes = new ArrayList<>();

  @AfterEach
  void close() {
    hub.close();
    spokes.forEach(SimCluster::close);
  }

  private static String id(int number) {
    return "a1fa0000-0000-4000-8000-%012d".formatted(number);
  }

  private void peer(int number) {
    String name = "spoke" + number + "-";
    SimCluster spoke = new SimCluster(name, time, network, command -> {});
    spokes.add(spoke);
    spoke.apply(SimCommands.initialize(id(1_000 + number), "dc-" + name));
    hub.apply(SimCommands.acceptor(id(number), name, "establishment" + number));
    hub.apply(SimCommands.exchange(id(number), "establishment" + number, "stream" + number));
    spoke.apply(
        SimCommands.dialer(
            id(2_000 + number), HUB, id(number), hub.addresses(), "stream" + number));
    spoke.apply(SimCommands.register("n1", "of-" + name, 80, "passing"));
    spoke.apply(SimCommands.export(HUB, Set.of("of-" + name)));
    spoke.start();
  }

  @Test
  void shouldCostEachOfFiftyPeersOnce() {
    network.speakInChanges(1);
    hub.apply(SimCommands.initialize(id(0), "dc-hub"));
    hub.apply(SimCommands.register("n1", "web", 80, "passing"));
    hub.apply(SimCommands.register("n2", "web", 80, "passing"));
    hub.start();
    for (int i = 1; i <= PEERS; i++) {
      peer(i);
    }
    hub.apply(
        SimCommands.exportToAll(Set.of("web"), spokes.stream().map(spoke -> spoke.name).toList()));
    time.runFor(120_000);
    for (SimCluster spoke : spokes) {
      assertThat(SimInvariants.imports(spoke, HUB)).containsOnlyKeys("web");
      assertThat(SimInvariants.imports(hub, spoke.name)).containsOnlyKeys("of-" + spoke.name);
    }

    int rows = network.rowsSent();
    Map<String, Integer> entries = entries();
    hub.apply(SimCommands.register("n1", "web", 81, "critical"));
    time.runFor(10_000);
    // Of two instances one has changed.
    assertThat(network.rowsSent() - rows).isEqualTo(PEERS);
    assertThat(hub.log.size() - entries.get(HUB)).isEqualTo(1);
    for (SimCluster spoke : spokes) {
      assertThat(spoke.log.size() - entries.get(spoke.name)).isEqualTo(1);
      assertThat(SimInvariants.imports(spoke, HUB).get("web").toString()).contains("critical");
    }
  }

  /** What all peers are sent is watched once, however many of them there are. */
  @Test
  void shouldWatchOncePerServiceAndNotPerPeer() {
    int peers = 10;
    int services = 200;
    network.speakInChanges(1);
    hub.apply(SimCommands.initialize(id(0), "dc-hub"));
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < services; i++) {
      hub.apply(SimCommands.register("n1", "svc-" + i, 80, "passing"));
      names.add("svc-" + i);
    }
    hub.start();
    for (int i = 1; i <= peers; i++) {
      peer(i);
    }
    List<String> spokeNames = spokes.stream().map(spoke -> spoke.name).toList();
    hub.apply(SimCommands.exportToAll(names, spokeNames));
    time.runFor(60_000);
    for (SimCluster spoke : spokes) {
      assertThat(SimInvariants.imports(spoke, HUB).keySet()).isEqualTo(names);
    }
    assertThat(hub.machine.watches().count()).isLessThan(services + 10 * peers);

    int watches = hub.watches();
    hub.apply(SimCommands.register("n1", "svc-7", 81, "critical"));
    time.runFor(10_000);
    assertThat(hub.watches() - watches).as("looked at once for all").isLessThan(peers);
    for (SimCluster spoke : spokes) {
      assertThat(SimInvariants.imports(spoke, HUB).get("svc-7").toString()).contains("critical");
    }

    // A peer that comes late is told what is known already.
    watches = hub.watches();
    peer(peers + 1);
    hub.apply(SimCommands.exportToAll(names, spokes.stream().map(spoke -> spoke.name).toList()));
    time.runFor(30_000);
    assertThat(SimInvariants.imports(spokes.get(peers), HUB).keySet()).isEqualTo(names);
    assertThat(hub.watches() - watches).isLessThan(services);
  }

  /** What is known by marks from peers that speak in changes is read for those that do not. */
  @Test
  void shouldServePeersOfBothKindsThatComeLate() {
    network.speakInChanges(0.5);
    hub.apply(SimCommands.initialize(id(0), "dc-hub"));
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      hub.apply(SimCommands.register("n1", "svc-" + i, 80, "passing"));
      names.add("svc-" + i);
    }
    hub.start();
    for (int i = 1; i <= 16; i++) {
      peer(i);
      hub.apply(SimCommands.exportToAll(names, spokes.stream().map(spoke -> spoke.name).toList()));
      time.runFor(30_000);
      hub.apply(SimCommands.register("n1", "svc-7", 80 + i, "passing"));
    }
    time.runFor(30_000);
    for (SimCluster spoke : spokes) {
      assertThat(SimInvariants.imports(spoke, HUB).keySet()).isEqualTo(names);
      assertThat(SimInvariants.imports(spoke, HUB).get("svc-7").toString()).contains("96");
    }
  }

  /** How many there are in each cluster's log. */
  private Map<String, Integer> entries() {
    Map<String, Integer> entries = new TreeMap<>(Map.of(HUB, hub.log.size()));
    spokes.forEach(spoke -> entries.put(spoke.name, spoke.log.size()));
    return entries;
  }
}
