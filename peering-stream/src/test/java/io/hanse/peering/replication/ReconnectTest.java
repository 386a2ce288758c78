package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.View;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a link that breaks and comes back costs the exporter, in virtual time. */
class ReconnectTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final int SERVICES = 300;

  /** Who exports, the trust bundle and the like are looked at by every stream. */
  private static final int ALWAYS_MAX = 30;

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, command -> {});
  private final Set<String> names = new TreeSet<>();

  @BeforeEach
  void export() {
    network.speakInChanges(1);
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
    for (int i = 0; i < SERVICES; i++) {
      names.add("service-" + i);
      alpha.apply(SimCommands.register("n1", "service-" + i, 80, "passing"));
      alpha.apply(SimCommands.register("n2", "service-" + i, 80, "passing"));
    }
    alpha.apply(SimCommands.export("beta", names));
    alpha.start();
    beta.start();
    time.runFor(60_000);
    assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private void cut() {
    network.connections().forEach(SimNetwork.Connection::cut);
  }

  /** From who dials to who is dialed. */
  private void exportBack() {
    for (String name : names) {
      beta.apply(SimCommands.register("n1", name, 80, "passing"));
    }
    beta.apply(SimCommands.export("alpha", names));
    time.runFor(30_000);
    assertThat(SimInvariants.imports(alpha, "beta").keySet()).isEqualTo(names);
  }

  private static byte[] snapshot(SimCluster cluster) {
    try (View view = cluster.view()) {
      return SimCommands.snapshot(view);
    }
  }

  private String imported(String name) {
    return SimInvariants.imports(beta, "alpha").get(name).toString();
  }

  @Test
  void shouldReadNothingAnewOfWhatHasNotChanged() {
    for (int i = 0; i < 3; i++) {
      int watches = alpha.watches();
      int rows = network.rowsSent();
      cut();
      time.runFor(20_000);
      assertThat(network.connections()).hasSize(1);
      assertThat(alpha.watches() - watches).isLessThan(ALWAYS_MAX);
      assertThat(network.rowsSent() - rows).isZero();
    }
    alpha.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    time.runFor(5_000);
    assertThat(imported("service-7"))
        .as("what was handed over is watched still")
        .contains("critical");
  }

  @Test
  void shouldReadAndSendWhatChangedWhileTheLinkWasDown() {
    int watches = alpha.watches();
    int rows = network.rowsSent();
    cut();
    alpha.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    alpha.apply(SimCommands.deregister("n2", "service-8-n2"));
    names.remove("service-9");
    names.add("late");
    alpha.apply(SimCommands.register("n1", "late", 80, "passing"));
    alpha.apply(SimCommands.export("beta", names));
    time.runFor(20_000);

    assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);
    assertThat(imported("service-7")).contains("critical");
    assertThat(imported("service-8")).doesNotContain("n2");
    assertThat(alpha.watches() - watches).isLessThan(ALWAYS_MAX + 10);
    assertThat(network.rowsSent() - rows).isLessThan(10);
  }

  /** Both ends of the stream know what was there before, and would take it for what is there. */
  @Test
  void shouldCompareAgainAfterTheImporterWasRestored() {
    byte[] earlier = snapshot(beta);
    names.remove("service-9");
    names.add("late");
    alpha.apply(SimCommands.register("n1", "late", 80, "passing"));
    alpha.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    alpha.apply(SimCommands.export("beta", names));
    time.runFor(5_000);
    assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);

    SimCommands.restore("earlier", earlier)
        .forEach(command -> assertThat(beta.apply(command).getMessage()).isEmpty());
    assertThat(SimInvariants.imports(beta, "alpha").keySet()).contains("service-9");
    time.runFor(20_000);

    assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);
    assertThat(imported("service-7")).contains("critical");
    new SimInvariants.Converged().check(alpha, "beta", beta, "alpha");
  }

  /** The archives hold a secret that the other cluster has forgotten. */
  @Test
  void shouldConnectAgainAfterRestoresOlderThanTheSecret() {
    byte[] alphaEarlier = snapshot(alpha);
    byte[] betaEarlier = snapshot(beta);
    alpha.apply(SimCommands.rotate(ALPHA_ID, "stream", "next"));
    beta.apply(SimCommands.follow(BETA_ID, "stream", "next"));
    alpha.apply(SimCommands.rotate(ALPHA_ID, "next", ""));
    time.runFor(5_000);

    SimCommands.restore("alpha", alphaEarlier).forEach(alpha::apply);
    time.runFor(20_000);
    alpha.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    time.runFor(5_000);
    assertThat(imported("service-7")).contains("critical");

    SimCommands.restore("beta", betaEarlier).forEach(beta::apply);
    assertThat(imported("service-7")).doesNotContain("critical");
    time.runFor(20_000);
    assertThat(imported("service-7")).contains("critical");
  }

  @Test
  void shouldKeepWhatWasOfferedWhileAttemptsFail() {
    exportBack();

    int watches = beta.watches();
    cut();
    network.trouble(20, 1);
    time.runFor(1_000);
    network.trouble(20, 0);
    time.runFor(20_000);
    assertThat(network.connections()).hasSize(1);
    assertThat(beta.watches() - watches)
        .as("every attempt looks at who exports, and none at what")
        .isLessThan(SERVICES);
    beta.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    time.runFor(5_000);
    assertThat(SimInvariants.imports(alpha, "beta").get("service-7").toString())
        .contains("critical");
  }

  @Test
  void shouldReadAnewWhatAnotherLeaderExported() {
    int read = alpha.watches();
    cut();
    alpha.moveLeadership(alpha.servers.get(1));
    time.runFor(30_000);
    assertThat(alpha.watches() - read).isGreaterThanOrEqualTo(SERVICES);
    assertThat(alpha.machine.watches().count())
        .as("who stepped down watches no more")
        .isLessThan(SERVICES + ALWAYS_MAX);

    alpha.moveLeadership(alpha.servers.get(0));
    alpha.apply(SimCommands.register("n1", "service-7", 81, "critical"));
    time.runFor(30_000);
    assertThat(imported("service-7")).contains("critical");
    assertThat(SimInvariants.imports(beta, "alpha").keySet()).isEqualTo(names);
  }

  @Test
  void shouldLeaveNothingOfAPeeringThatIsDeleted() {
    cut();
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(120_000);
    assertThat(alpha.machine.watches().count()).isLessThan(ALWAYS_MAX);
  }

  @Test
  void shouldLeaveNothingOfAPeeringThatTheOtherSideEnded() {
    exportBack();
    cut();
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(30_000);
    assertThat(beta.machine.watches().count()).isLessThan(ALWAYS_MAX);
  }

  @Test
  void shouldGiveUpWhatWasLeftForAPeerThatStaysAway() {
    cut();
    network.trouble(20, 1);
    time.runFor(9 * 60_000);
    assertThat(alpha.machine.watches().count()).isGreaterThanOrEqualTo(SERVICES);
    time.runFor(2 * 60_000);
    assertThat(alpha.machine.watches().count()).isLessThan(ALWAYS_MAX);
  }
}
