package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.deregister;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VirtualIpsTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private ServiceAddress address(String peer, String node, String id) {
    NodeService service = new Catalog(replica.now()).service(peer, node, id).orElseThrow();
    return service.getTaggedAddressesOrDefault(VirtualIps.TAG, ServiceAddress.getDefaultInstance());
  }

  private String register(String name) {
    replica.done(Commands.register(node("n-" + name), sidecar(name)));
    return address("", "n-" + name, name + "-sidecar-proxy").getAddress();
  }

  @Test
  void shouldGiveSidecarsTheAddressOfWhatTheyStandFor() {
    replica.done(Commands.register(node("n1"), sidecar("web").setPort(21000)));
    replica.done(Commands.register(node("n2"), sidecar("WEB").setPort(21001)));

    assertThat(address("", "n1", "web-sidecar-proxy"))
        .isEqualTo(ServiceAddress.newBuilder().setAddress("240.0.0.1").setPort(21000).build());
    assertThat(address("", "n2", "web-sidecar-proxy"))
        .isEqualTo(ServiceAddress.newBuilder().setAddress("240.0.0.1").setPort(21001).build());
  }

  @Test
  void shouldGiveNoneToWhatTheMeshDoesNotReach() {
    replica.done(Commands.register(node("n1"), service("web", "web")));

    assertThat(address("", "n1", "web")).isEqualTo(ServiceAddress.getDefaultInstance());
  }

  @Test
  void shouldGiveTheSmallestFreeAddressAgain() {
    assertThat(register("a")).isEqualTo("240.0.0.1");
    assertThat(register("b")).isEqualTo("240.0.0.2");
    assertThat(register("c")).isEqualTo("240.0.0.3");
    replica.done(deregister("n-b", "", ""));
    replica.done(deregister("n-a", "a-sidecar-proxy", ""));

    assertThat(register("d")).isEqualTo("240.0.0.1");
    assertThat(register("e")).isEqualTo("240.0.0.2");
    assertThat(register("f")).isEqualTo("240.0.0.4");
  }

  @Test
  void shouldKeepTheAddressWhileAnInstanceIsLeft() {
    register("a");
    replica.done(Commands.register(node("n2"), service("a", "a1")));
    replica.done(deregister("n-a", "", ""));

    assertThat(register("b")).isEqualTo("240.0.0.2");
    assertThat(register("a")).isEqualTo("240.0.0.1");
  }

  @Test
  void shouldKeepTheAddressWhileAnEntryNamesTheService() {
    replica.done(write(protocol("a", "http")));
    assertThat(register("b")).isEqualTo("240.0.0.2");
    assertThat(register("a")).isEqualTo("240.0.0.1");
    replica.done(deregister("n-a", "", ""));
    assertThat(register("c")).isEqualTo("240.0.0.3");

    replica.done(
        Command.newBuilder()
            .setDeleteConfigEntry(
                DeleteConfigEntry.newBuilder().setKind("service-defaults").setName("a")));

    assertThat(register("d")).isEqualTo("240.0.0.1");
  }

  @Test
  void shouldFollowASidecarToItsNewDestination() {
    register("a");
    replica.done(Commands.register(node("n-a"), sidecar("b").setId("a-sidecar-proxy")));

    assertThat(address("", "n-a", "a-sidecar-proxy").getAddress()).isEqualTo("240.0.0.2");
    assertThat(register("c")).isEqualTo("240.0.0.1");
  }

  @Test
  void shouldTellServicesOfPeersApart() {
    assertThat(register("web")).isEqualTo("240.0.0.1");
    replica.done(write(acceptor("west")));
    replica.done(reconcile("west", "web-sidecar-proxy", instance(node("n1"), sidecar("web"))));

    assertThat(address("west", "n1", "web-sidecar-proxy").getAddress()).isEqualTo("240.0.0.2");

    replica.done(reconcile("west", "web-sidecar-proxy"));
    assertThat(register("db")).isEqualTo("240.0.0.2");
  }

  @Test
  void shouldChangeNothingWhenTheSameIsRegisteredAgain() {
    register("web");
    long index = replica.index(rows -> new Catalog(rows).connect("", "web"));

    register("web");

    assertThat(replica.index(rows -> new Catalog(rows).connect("", "web"))).isEqualTo(index);
    assertThat(Tables.VIRTUAL_IPS.list(replica.now(), Key.EMPTY)).hasSize(1);
  }
}
