package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.View;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerAddressesTest {
  /** Until the leader has heard of a server, its row says where it was before its last start. */
  @Test
  void shouldTakeTheWordOfServersForWhereTheyAre() {
    try (LocalCluster cluster = new LocalCluster()) {
      cluster.submit(server("one", "10.0.0.1", "passing")).join();
      cluster.submit(server("Two", "10.0.0.2", "passing")).join();
      try (View view = cluster.view()) {
        assertThat(ServerAddresses.forToken(view, Map.of()))
            .containsExactly("10.0.0.1:8503", "10.0.0.2:8503");
        assertThat(ServerAddresses.forToken(view, Map.of("two", "[::2]:9503")))
            .containsExactly("10.0.0.1:8503", "[::2]:9503");
      }
    }
  }

  @Test
  void shouldKnowEachOfSeveralServersOnOneHostByItsPort() {
    try (LocalCluster cluster = new LocalCluster()) {
      cluster.submit(server("one", "10.0.0.9", "passing", "8503")).join();
      cluster.submit(server("Two", "10.0.0.9", "passing", "8603")).join();
      Server.Builder three =
          Server.newBuilder().setNode("three").setAddress("10.0.0.9").setGrpcTlsPort(8_703);
      try (View view = cluster.view()) {
        assertThat(ServerAddresses.forDialersOf(view, three.setNode("two").build()))
            .hasValue("10.0.0.9:8603");
        assertThat(ServerAddresses.forDialersOf(view, three.setNode("three").build()))
            .as("it is not in the catalog yet")
            .hasValue("10.0.0.9:8703");
        assertThat(ServerAddresses.forDialersOf(view, three.setGrpcTlsPort(0).build())).isEmpty();
      }
    }
  }

  private static String hostOf(int length) {
    return "h".repeat(length) + ":65535";
  }

  @Test
  void shouldTakeTheLongestNameThatThereIs() {
    assertThatCode(() -> ServerAddresses.check(Collections.nCopies(256, hostOf(253))))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseALongerOneWithoutRepeatingIt() {
    assertThatThrownBy(() -> ServerAddresses.check(List.of(hostOf(900_000))))
        .hasMessage("a peering server address of 900006 characters, more than 259");
  }

  @Test
  void shouldRefuseMoreThanAnyClusterHasServers() {
    assertThatThrownBy(() -> ServerAddresses.check(Collections.nCopies(257, hostOf(1))))
        .hasMessage("257 server addresses, more than 256");
  }

  private static Command server(String node, String address, String status) {
    return server(node, address, status, "8503");
  }

  private static Command server(String node, String address, String status, String port) {
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode(node).setAddress(address))
                .setService(
                    NodeService.newBuilder()
                        .setId("consul")
                        .setService("consul")
                        .putMeta("grpc_tls_port", port))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode(node)
                        .setCheckId("serfHealth")
                        .setStatus(status)))
        .build();
  }

  /** Its dialers know a silent server too, which may lead by the time they come again. */
  @Test
  void shouldTellDialersOfSilentServersLast() throws Exception {
    try (LocalCluster cluster = new LocalCluster()) {
      cluster.submit(server("one", "10.0.0.1", "critical")).join();
      cluster.submit(server("two", "10.0.0.2", "passing")).join();
      cluster.submit(server("three", "10.0.0.3", "passing")).join();
      try (View view = cluster.view()) {
        assertThat(ServerAddresses.forDialers(view))
            .containsExactly("10.0.0.2:8503", "10.0.0.3:8503", "10.0.0.1:8503");
      }
    }
  }

  /** Who knows only those that are left would find nobody once these are gone, and others back. */
  @Test
  void shouldTellOfGatewaysThatAreAwayLast() {
    try (LocalCluster cluster = new LocalCluster()) {
      ConfigEntry.Builder mesh = ConfigEntry.newBuilder().setKind("mesh").setName("mesh");
      mesh.getMeshBuilder().getPeeringBuilder().setPeerThroughMeshGateways(true);
      cluster
          .submit(
              Command.newBuilder()
                  .setWriteConfigEntry(WriteConfigEntry.newBuilder().setEntry(mesh))
                  .build())
          .join();
      cluster.submit(gateway("one", 8443, "critical")).join();
      cluster.submit(gateway("two", 8444, "warning")).join();
      cluster.submit(gateway("three", 8445, "passing")).join();
      try (View view = cluster.view()) {
        assertThat(ServerAddresses.forDialers(view))
            .isEqualTo(ServerAddresses.forToken(view, Map.of()))
            .hasSize(3)
            .endsWith("10.0.0.1:8443");
      }
      cluster.submit(gateway("two", 8444, "critical")).join();
      cluster.submit(gateway("three", 8445, "critical")).join();
      try (View view = cluster.view()) {
        assertThat(ServerAddresses.forDialers(view))
            .isEqualTo(ServerAddresses.forToken(view, Map.of()))
            .hasSize(3);
      }
    }
  }

  private static Command gateway(String id, int port, String status) {
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(Node.newBuilder().setNode("node").setAddress("10.0.0.1"))
                .setService(
                    NodeService.newBuilder()
                        .setKind("mesh-gateway")
                        .setId(id)
                        .setService("mesh-gateway")
                        .setPort(port))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode("node")
                        .setCheckId("service:" + id)
                        .setServiceId(id)
                        .setStatus(status)))
        .build();
  }
}
