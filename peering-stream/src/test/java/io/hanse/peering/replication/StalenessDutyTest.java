package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.PeerStreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a silent peer's services, by a clock that the test moves. */
class StalenessDutyTest {
  private static final String ID = "b0000000-0000-4000-8000-000000000001";
  private static final long BOUND_MILLIS = 60_000;

  private final SimTime time = new SimTime(1);
  private final List<Command> written = new ArrayList<>();
  private final SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {});
  private final SimCluster.Server server = cluster.servers.get(0);
  private final StreamStatuses statuses =
      new StreamStatuses(server, () -> time.nowMillis() * 1_000_000, 45_000);
  private final Object stream = new Object();
  private PeerStreamStatus.Builder status = PeerStreamStatus.newBuilder().setConnected(true);
  private StalenessDuty duty;

  @BeforeEach
  void importOneService() {
    cluster.apply(SimCommands.dialer(ID, "west", "theirs", List.of("10.0.0.1:8503"), "secret"));
    cluster.apply(
        Command.newBuilder()
            .setReconcileImport(
                ReconcileImport.newBuilder()
                    .setPeer("west")
                    .setService("web")
                    .addInstances(
                        CheckServiceNode.newBuilder()
                            .setNode(Node.newBuilder().setNode("w1").setAddress("10.1.0.1"))
                            .setService(NodeService.newBuilder().setId("web").setService("web"))))
            .build());
    statuses.serve();
    statuses.claim(ID, stream);
    duty = lead();
  }

  @AfterEach
  void stop() {
    duty.stop();
    cluster.close();
  }

  private StalenessDuty lead() {
    return new StalenessDuty(
        new Replication(
            cluster,
            command -> {
              written.add(command);
              return CompletableFuture.completedFuture(cluster.apply(command));
            },
            server,
            (target, inbound) -> {
              throw new AssertionError("nobody dials here");
            },
            new NoFollower(),
            time,
            statuses,
            ReplicationSettings.DEFAULT));
  }

  @Test
  void shouldWithdrawADeadPeerAtItsBoundAndGiveItBackOnce() {
    policy("west", PeeringPolicies.WITHDRAW);
    hear();
    time.runFor(BOUND_MILLIS - 1);
    assertThat(readable()).isEqualTo(1);

    time.runFor(1);
    assertThat(readable()).isZero();
    assertThat(statuses.overlay(stored(), java.time.Duration.ofSeconds(1)))
        .isCompletedWithValueMatching(
            shown -> shown.get(0).getDetail().getReason().contains("services are withdrawn"));

    time.runFor(10 * BOUND_MILLIS);
    assertThat(written).hasSize(1);

    disconnected();
    time.runFor(1_000);
    status.setConnected(true);
    hear();
    time.runFor(2_000);
    assertThat(readable()).as("nothing came over the new connection yet").isZero();

    status.setLastReceiveSuccessMillis(time.nowMillis()).setPendingImports(1);
    hear();
    time.runFor(2_000);
    assertThat(readable()).as("something is still to be stored").isZero();

    status.setPendingImports(0);
    hear();
    time.runFor(1_000);
    assertThat(readable()).isEqualTo(1);
    assertThat(written).hasSize(2);
  }

  @Test
  void shouldNotWithdrawAPeerThatIsHeard() {
    policy("*", PeeringPolicies.WITHDRAW);
    for (int i = 0; i < 20; i++) {
      hear();
      time.runFor(15_000);
    }
    assertThat(written).isEmpty();
  }

  @Test
  void shouldServeOnWithoutAPolicyAndWhereItOnlyWarns() {
    hear();
    time.runFor(10 * BOUND_MILLIS);
    policy("*", PeeringPolicies.WITHDRAW);
    policy("west", PeeringPolicies.WARN);
    time.runFor(10 * BOUND_MILLIS);
    assertThat(readable()).isEqualTo(1);
    assertThat(written).isEmpty();
  }

  @Test
  void shouldGiveBackWhenThePolicyChanges() {
    policy("west", PeeringPolicies.WITHDRAW);
    time.runFor(BOUND_MILLIS + 1);
    assertThat(readable()).as("never heard since the beginning").isZero();
    policy("west", PeeringPolicies.SERVE);
    time.runFor(1_000);
    assertThat(readable()).isEqualTo(1);
  }

  @Test
  void shouldCountFromTheBeginningOfANewLeader() {
    policy("west", PeeringPolicies.WITHDRAW);
    hear();
    time.runFor(BOUND_MILLIS - 1);
    duty.stop();
    statuses.clear();
    statuses.claim(ID, stream);
    duty = lead();
    time.runFor(BOUND_MILLIS - 1);
    assertThat(readable()).isEqualTo(1);
    time.runFor(2);
    assertThat(readable()).isZero();
  }

  private void hear() {
    status.setLastHeardMillis(time.nowMillis());
    statuses.report(ID, stream, status.build());
  }

  private void disconnected() {
    status.setConnected(false).setDisconnectMillis(time.nowMillis());
    statuses.report(ID, stream, status.build());
  }

  private int readable() {
    try (View view = cluster.view()) {
      return new Health(view).service("west", "web").size();
    }
  }

  private List<Peering> stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).all();
    }
  }

  private void policy(String name, String onStale) {
    cluster.apply(
        Command.newBuilder()
            .setWriteConfigEntry(
                WriteConfigEntry.newBuilder()
                    .setEntry(
                        ConfigEntry.newBuilder()
                            .setKind("peering")
                            .setName(name)
                            .setPeering(
                                PeeringPolicy.newBuilder()
                                    .setOnStale(onStale)
                                    .setStaleAfter(
                                        Duration.newBuilder().setSeconds(BOUND_MILLIS / 1_000)))))
            .build());
  }
}
