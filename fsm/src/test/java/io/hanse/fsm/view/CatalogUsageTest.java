package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.gateway;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Commands;
import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.row.ServiceConnect;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogUsageTest {
  private final Replica replica = new Replica();

  @BeforeEach
  void cluster() {
    replica.done(Commands.initialize());
  }

  @AfterEach
  void close() {
    replica.close();
  }

  @Test
  void shouldCountByKindAndLeaveOutTheServersAndWhatIsImported() {
    replica.done(register(node("n1"), service("consul", "consul")));
    replica.done(register(node("n1"), service("web", "web1")));
    replica.done(register(node("n2"), service("web", "web2")));
    replica.done(register(node("n2"), sidecar("web")));
    replica.done(register(node("n2"), gateway("gw")));
    replica.done(
        register(
            node("n2"),
            service("api", "api").setConnect(ServiceConnect.newBuilder().setNative(true))));
    replica.done(write(acceptor("east")));
    replica.done(reconcile("east", "db", instance(node("n9"), service("db", "db1"))));

    CatalogUsage usage = CatalogUsage.of(replica.now());

    assertThat(usage.nodes()).isEqualTo(2);
    assertThat(usage.services()).isEqualTo(5);
    assertThat(usage.instances()).isEqualTo(6);
    assertThat(usage.billable()).isEqualTo(3);
    assertThat(usage.meshInstances())
        .isEqualTo(
            Map.of(
                "api-gateway", 0L,
                "connect-native", 1L,
                "connect-proxy", 1L,
                "ingress-gateway", 0L,
                "mesh-gateway", 1L,
                "terminating-gateway", 0L));
  }
}
