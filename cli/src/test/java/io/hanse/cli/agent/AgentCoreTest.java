package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.agent.LocalAgent.CheckRegistration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCoreTest {
  private static final AgentIdentity SELF =
      new AgentIdentity("n1", "id", "dc1", "127.0.0.1", "127.0.0.1", Map.of());
  private static final CheckType HOURLY =
      CheckType.newBuilder().setName("mem").setTtl(Duration.newBuilder().setSeconds(3600)).build();

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger changes = new AtomicInteger();

  @TempDir private Path folder;

  @AfterEach
  void stop() {
    thread.shutdownNow();
  }

  @Test
  void shouldKeepRegistrationsOverARestart() throws IOException {
    AgentCore first = core();
    first.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    first.registerCheck(new CheckRegistration("web", HOURLY)).join();
    AgentCore second = core();
    second.start().join();
    assertThat(second.registry().services()).containsOnlyKeys("web");
    assertThat(second.registry().checks()).containsOnlyKeys("mem");
    second.deregisterService("web").join();
    AgentCore third = core();
    third.start().join();
    assertThat(third.registry()).isEqualTo(LocalRegistry.EMPTY);
  }

  @Test
  void shouldTellOfAChangeOnce() throws IOException {
    AgentCore core = core();
    core.registerCheck(new CheckRegistration("", HOURLY)).join();
    int before = changes.get();
    core.updateCheck("mem", "passing", "fine").join();
    core.updateCheck("mem", "passing", "still fine").join();
    assertThat(changes.get() - before).isEqualTo(1);
    assertThat(core.registry().checks().get("mem").getRow().getOutput()).isEqualTo("still fine");
  }

  @Test
  void shouldLetAnAliasFollow() throws IOException {
    AgentCore core = core();
    core.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    core.registerCheck(new CheckRegistration("web", HOURLY)).join();
    CheckType alias = CheckType.newBuilder().setName("al").setAliasService("web").build();
    core.registerCheck(new CheckRegistration("", alias)).join();
    assertThat(core.registry().checks().get("al").getRow().getStatus()).isEqualTo("critical");
    core.updateCheck("mem", "passing", "").join();
    assertThat(core.registry().checks().get("al").getRow().getStatus()).isEqualTo("passing");
  }

  @Test
  void shouldCallAnAliasOfNothingCriticalUntilThereIsSomething() throws IOException {
    AgentCore core = core();
    CheckType alias = CheckType.newBuilder().setName("al").setAliasService("web").build();
    core.registerCheck(new CheckRegistration("", alias)).join();
    core.registerService(
            ServiceDefinition.newBuilder()
                .setName("api")
                .setCheck(CheckType.newBuilder().setAliasService("web").setAliasNode("n1"))
                .build(),
            false)
        .join();
    assertThat(verdict(core, "al")).isEqualTo("critical: Service web could not be found on node ");
    assertThat(verdict(core, "service:api"))
        .isEqualTo("critical: Service web could not be found on node n1");
    core.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    assertThat(verdict(core, "al")).isEqualTo("passing: No checks found.");
    core.deregisterService("web").join();
    assertThat(verdict(core, "al")).startsWith("critical: ");
  }

  @Test
  void shouldKeepMaintenanceOverARestartUntilItIsEnded() throws IOException {
    AgentCore first = core();
    first.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    first.enterMaintenance("web", "new disk").join();
    first.enterMaintenance("web", "another reason").join();
    first.enterMaintenance("", "").join();
    AgentCore second = core();
    second.start().join();
    second.registerFromFile(ServiceDefinition.newBuilder().setName("web").build()).join();
    HealthCheck ofService = second.registry().checks().get("_service_maintenance:web").getRow();
    assertThat(ofService.getStatus()).isEqualTo("critical");
    assertThat(ofService.getNotes()).isEqualTo("new disk");
    assertThat(ofService.getOutput()).isEmpty();
    assertThat(second.registry().checks().get("_node_maintenance").getRow().getNotes())
        .startsWith("Maintenance mode is enabled for this node, but no reason was provided.");
    second.leaveMaintenance("web").join();
    second.leaveMaintenance("web").join();
    second.leaveMaintenance("").join();
    AgentCore third = core();
    third.start().join();
    assertThat(third.registry().checks()).isEmpty();
  }

  @Test
  void shouldEndMaintenanceWithItsService() throws IOException {
    AgentCore core = core();
    core.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    core.enterMaintenance("web", "").join();
    assertThat(changes.get()).isEqualTo(2);
    core.deregisterService("web").join();
    assertThat(core.registry()).isEqualTo(LocalRegistry.EMPTY);
    assertThatThrownBy(() -> core.enterMaintenance("web", "").join())
        .hasMessageContaining("Unknown service ID \"web\".");
  }

  @Test
  void shouldTakeNoReportsForMaintenanceAndTellAliasesOfIt() throws IOException {
    AgentCore core = core();
    core.registerService(ServiceDefinition.newBuilder().setName("web").build(), false).join();
    CheckType alias = CheckType.newBuilder().setName("al").setAliasService("web").build();
    core.registerCheck(new CheckRegistration("", alias)).join();
    core.enterMaintenance("web", "").join();
    assertThat(verdict(core, "al"))
        .isEqualTo("critical: Aliased check \"Service Maintenance Mode\" failing: ");
    assertThatThrownBy(() -> core.updateCheck("_service_maintenance:web", "passing", "").join())
        .hasMessageContaining("does not have associated TTL");
    core.leaveMaintenance("web").join();
    assertThat(verdict(core, "al")).startsWith("passing: ");
  }

  private static String verdict(AgentCore core, String check) {
    HealthCheck row = core.registry().checks().get(check).getRow();
    return row.getStatus() + ": " + row.getOutput();
  }

  @Test
  void shouldNotForgetAVerdictWhenAServiceIsRegisteredAgain() throws IOException {
    AgentCore core = core();
    ServiceDefinition web = ServiceDefinition.newBuilder().setName("web").setCheck(HOURLY).build();
    core.registerService(web, false).join();
    core.updateCheck("service:web", "passing", "").join();
    core.registerService(web.toBuilder().setPort(1).build(), false).join();
    assertThat(core.registry().checks().get("service:web").getRow().getStatus())
        .isEqualTo("passing");
  }

  @Test
  void shouldNotKeepWhoRegistersACheckWaitingForItsFirstRun() throws IOException {
    AgentCore core = core();
    try (ServerSocket app = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CheckType tcp =
          CheckType.newBuilder()
              .setName("app")
              .setTcp("127.0.0.1:" + app.getLocalPort())
              .setInterval(Duration.newBuilder().setSeconds(3600))
              .build();
      core.registerCheck(new CheckRegistration("", tcp)).join();
      await()
          .until(() -> core.registry().checks().get("app").getRow().getStatus().equals("passing"));
    }
  }

  @Test
  void shouldTellWatchersOfRegistrationsOnly() throws IOException {
    AgentCore core = core();
    AtomicInteger woken = new AtomicInteger();
    Runnable unwatch = core.watch(woken::incrementAndGet);
    core.registerCheck(new CheckRegistration("", HOURLY)).join();
    core.updateCheck("mem", "passing", "").join();
    assertThat(woken).hasValue(1);
    unwatch.run();
    core.deregisterCheck("mem").join();
    assertThat(woken).hasValue(1);
  }

  @Test
  void shouldNameWhatItDoesNotKnow() throws IOException {
    AgentCore core = core();
    assertThatThrownBy(() -> core.deregisterService("nope").join())
        .hasMessageContaining("Unknown service ID \"nope\"");
    assertThatThrownBy(() -> core.updateCheck("nope", "passing", "").join())
        .hasMessageContaining("Unknown check ID \"nope\"");
    assertThatThrownBy(() -> core.registerCheck(new CheckRegistration("nope", HOURLY)).join())
        .hasMessageContaining("ServiceID \"nope\" does not exist");
  }

  private AgentCore core() throws IOException {
    return new AgentCore(
        SELF,
        new SidecarPorts(21_000, 21_255),
        thread,
        Runnable::run,
        DefinitionFiles.in(Optional.of(folder)),
        changes::incrementAndGet);
  }
}
