package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exporter that takes all back at once, in virtual time. */
class ShrinkingListTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final int NODES = 10;
  private static final List<String> SERVICES =
      IntStream.range(0, 300).mapToObj(i -> "s" + i).toList();

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, this::appliedAtBeta);

  /** By command: how many rows it took away. */
  private final List<Integer> removals = new ArrayList<>();

  private int rowsBefore;
  private boolean isMoving;

  /** They stay exported and have no instances any more. */
  private boolean isEmptied;

  private void appliedAtBeta(Command command) {
    int rows = rows();
    if (rows < rowsBefore) {
      removals.add(rowsBefore - rows);
      expectNoneInParts();
      if (isMoving && removals.size() == 2) {
        beta.moveLeadership(beta.servers.get(1));
      }
    }
    rowsBefore = rows;
  }

  private int rows() {
    try (View view = beta.view()) {
      Key peer = Key.ofPeer("alpha");
      return Tables.SERVICES.list(view, peer).size()
          + Tables.CHECKS.list(view, peer).size()
          + Tables.NODES.list(view, peer).size();
    }
  }

  private void expectNoneInParts() {
    try (View view = beta.view()) {
      Health health = new Health(view);
      for (String service : new Peerings(view).importedServices("alpha")) {
        List<CheckServiceNode> instances = health.service("alpha", service);
        if (!isEmptied || !instances.isEmpty()) {
          assertThat(instances).hasSize(NODES);
        }
      }
    }
  }

  @BeforeEach
  void start() {
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    for (String service : SERVICES) {
      for (int node = 0; node < NODES; node++) {
        alpha.apply(SimCommands.register("n" + node, service, 80, "passing"));
      }
    }
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    alpha.apply(SimCommands.export("beta", SERVICES));
    alpha.start();
    beta.start();
    time.runFor(5_000);
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private void shareAll(double shareOfChanges) {
    network.speakInChanges(shareOfChanges);
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
    time.runFor(60_000);
    assertThat(rows()).isEqualTo(2 * SERVICES.size() * NODES + NODES);
    assertThat(removals).isEmpty();
  }

  /** With another Hanse by changes, with a Consul by a list. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldTakeFewRowsAwayWithEachCommand(double shareOfChanges) {
    shareAll(shareOfChanges);
    alpha.apply(SimCommands.export("beta", List.of("s7")));
    time.runFor(20_000);
    assertThat(rows()).isEqualTo(3 * NODES);
    assertThat(removals).hasSizeGreaterThan(2).allMatch(each -> each <= RemovalTurns.ROWS_MAX);
  }

  /** As where all hosts of an exporter end at once. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldTakeFewRowsAwayWhereServicesLoseAllInstances(double shareOfChanges) {
    shareAll(shareOfChanges);
    isEmptied = true;
    for (int node = 0; node < NODES; node++) {
      alpha.apply(SimCommands.deregister("n" + node, ""));
    }
    time.runFor(60_000);
    assertThat(rows()).isZero();
    assertThat(removals).hasSizeGreaterThan(2).allMatch(each -> each <= RemovalTurns.ROWS_MAX);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldGoOnUnderAnotherLeader(double shareOfChanges) {
    shareAll(shareOfChanges);
    isMoving = true;
    alpha.apply(SimCommands.export("beta", List.of("s7")));
    time.runFor(60_000);
    assertThat(rows()).isEqualTo(3 * NODES);
    assertThat(removals).allMatch(each -> each <= RemovalTurns.ROWS_MAX);
    assertThat(network.connections()).hasSize(1);
  }
}
