package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.PeeringSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Two clusters in virtual time: alpha gives a token for beta, and beta dials. */
final class SimPair implements AutoCloseable {
  static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";

  final SimTime time = new SimTime(1);
  final SimNetwork network = new SimNetwork(time);
  final SimCluster alpha;
  final SimCluster beta;

  SimPair() {
    this(command -> {}, command -> {});
  }

  /** Those who are told what each of the two applies. */
  SimPair(Consumer<Command> appliedAtAlpha, Consumer<Command> appliedAtBeta) {
    this(appliedAtAlpha, appliedAtBeta, true);
  }

  private SimPair(
      Consumer<Command> appliedAtAlpha, Consumer<Command> appliedAtBeta, boolean hasToken) {
    alpha = new SimCluster("alpha", time, network, appliedAtAlpha);
    beta = new SimCluster("beta", time, network, appliedAtBeta);
    if (hasToken) {
      giveToken();
    }
  }

  /** Two that know nothing yet, not even which trust domain is theirs. */
  static SimPair empty() {
    return new SimPair(command -> {}, command -> {}, false);
  }

  private void giveToken() {
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
  }

  void start() {
    alpha.start();
    beta.start();
    time.runFor(5_000);
  }

  /** As the exchange of the token's secret leaves it at alpha. */
  void redeem() {
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
  }

  /** As it is left at beta. */
  void dial() {
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
  }

  void connect() {
    redeem();
    dial();
    time.runFor(20_000);
    assertThat(network.connections()).hasSize(1);
  }

  static Optional<Peering> peering(SimCluster cluster, String name) {
    try (View view = cluster.view()) {
      return new Peerings(view).byName(name);
    }
  }

  static Optional<PeeringState> state(SimCluster cluster, String name) {
    return peering(cluster, name).map(Peering::getState);
  }

  /** The one peering of a cluster, with all that its leader says of it. */
  static Peering shown(SimCluster cluster) {
    SimCluster.Server leader = cluster.servers.get(0);
    LeaderStatuses statuses = new LeaderStatuses(leader.statuses, leader, cluster, 45_000);
    statuses.serve(PeeringSettings.defaults("dc"));
    try (View view = cluster.view()) {
      Peering stored =
          new Peerings(view)
              .all().get(0).toBuilder().setDetail(PeeringDetail.getDefaultInstance()).build();
      return statuses.overlay(List.of(stored), Duration.ofSeconds(1)).join().get(0);
    }
  }

  /** How many instances of a service of alpha a reader finds at beta. */
  int readable(String service) {
    try (View view = beta.view()) {
      return new Health(view).service("alpha", service).size();
    }
  }

  /** Has beta take so many rows more than it has now, and none above that. */
  void allowAtBeta(long moreRows) {
    try (View view = beta.view()) {
      beta.apply(
          Command.newBuilder()
              .setWriteQuota(
                  WriteQuota.newBuilder()
                      .setRowsMax(view.countedRows() + moreRows)
                      .setBytesMax(1L << 30))
              .build());
    }
  }

  @Override
  public void close() {
    alpha.close();
    beta.close();
  }
}
