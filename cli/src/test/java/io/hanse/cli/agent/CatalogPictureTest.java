package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogPictureTest {
  private static final AgentIdentity SELF =
      new AgentIdentity("n1", "id", "dc1", "10.0.0.1", "10.0.0.1", Map.of());
  private static final LocalRegistry ONE =
      LocalRegistry.EMPTY
          .with(service("web", 80))
          .with(check("service:web", "web", "passing", "fine"));

  @Test
  void shouldRegisterTheNodeFirst() {
    List<Command> commands =
        CatalogPicture.NOTHING.commandsTowards(CatalogPicture.of(SELF, ONE), true);
    assertThat(commands).hasSize(2);
    assertThat(commands.get(0).getRegister().getNode().getAddress()).isEqualTo("10.0.0.1");
    assertThat(commands.get(1).getRegister().getSkipNodeUpdate()).isTrue();
    assertThat(commands.get(1).getRegister().getService().getId()).isEqualTo("web");
    assertThat(commands.get(1).getRegister().getChecksCount()).isEqualTo(1);
  }

  @Test
  void shouldHaveNothingToSayWhenAllIsTold() {
    CatalogPicture told = CatalogPicture.of(SELF, ONE);
    assertThat(told.commandsTowards(CatalogPicture.of(SELF, ONE), true)).isEmpty();
  }

  @Test
  void shouldTellOfAnotherStatusAtOnceAndOfAnotherOutputLater() {
    CatalogPicture told = CatalogPicture.of(SELF, ONE);
    CatalogPicture says =
        CatalogPicture.of(SELF, ONE.with(check("service:web", "web", "passing", "still fine")));
    CatalogPicture turned =
        CatalogPicture.of(SELF, ONE.with(check("service:web", "web", "critical", "down")));
    assertThat(told.commandsTowards(says, false)).isEmpty();
    assertThat(told.commandsTowards(says, true)).hasSize(1);
    assertThat(told.commandsTowards(turned, false)).hasSize(1);
  }

  /** Else one agent with many checks would be refused, and try the same again for ever. */
  @Test
  void shouldTellMuchInSeveralCommands() {
    LocalRegistry many = ONE;
    for (int i = 0; i < 400; i++) {
      many = many.with(check("of-service-" + i, "web", "passing", "x".repeat(4_096)));
      many = many.with(check("of-node-" + i, "", "passing", "x".repeat(4_096)));
    }
    List<Command> commands =
        CatalogPicture.NOTHING.commandsTowards(CatalogPicture.of(SELF, many), true);
    assertThat(commands).allMatch(command -> command.getSerializedSize() < 1 << 19);
    assertThat(commands.stream().mapToInt(command -> command.getRegister().getChecksCount()).sum())
        .isEqualTo(801);
    assertThat(commands.stream().filter(command -> command.getRegister().hasService())).hasSize(1);
    assertThat(commands.get(1).getRegister().hasService()).isTrue();
  }

  @Test
  void shouldRemoveAServiceWithItsChecksInOneCommand() {
    CatalogPicture told = CatalogPicture.of(SELF, ONE);
    List<Command> commands =
        told.commandsTowards(CatalogPicture.of(SELF, LocalRegistry.EMPTY), false);
    assertThat(commands).hasSize(1);
    assertThat(commands.get(0).getDeregister().getServiceId()).isEqualTo("web");
  }

  private static AgentService service(String id, int port) {
    return AgentService.newBuilder()
        .setRow(NodeService.newBuilder().setId(id).setService(id).setPort(port))
        .build();
  }

  private static AgentCheck check(String id, String service, String status, String output) {
    return AgentCheck.newBuilder()
        .setRow(
            HealthCheck.newBuilder()
                .setNode("n1")
                .setCheckId(id)
                .setServiceId(service)
                .setStatus(status)
                .setOutput(output))
        .build();
  }
}
