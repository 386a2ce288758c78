package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.IngressListener;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayServicesTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private List<String> servicesOf(String gateway) {
    return new GatewayServices(replica.now())
        .of(gateway).stream()
            .map(
                one ->
                    one.getService().getName() + (one.getFromWildcard() ? "*" : "") + one.getPort())
            .toList();
  }

  private static List<String> ids(List<CheckServiceNode> instances) {
    return instances.stream().map(one -> one.getService().getId()).toList();
  }

  private void terminating(String... names) {
    ConfigEntry.Builder gateway = entry(ConfigEntryKind.TERMINATING_GATEWAY, "out");
    for (String name : names) {
      gateway.getTerminatingGatewayBuilder().addServicesBuilder().setName(name);
    }
    replica.done(write(gateway));
  }

  private static IngressListener.Builder listener(int port, String protocol, String... names) {
    IngressListener.Builder listener =
        IngressListener.newBuilder().setPort(port).setProtocol(protocol);
    for (String name : names) {
      listener.addServicesBuilder().setName(name);
    }
    return listener;
  }

  private void ingress(IngressListener.Builder... listeners) {
    ConfigEntry.Builder gateway = entry(ConfigEntryKind.INGRESS_GATEWAY, "in");
    for (IngressListener.Builder listener : listeners) {
      gateway.getIngressGatewayBuilder().addListeners(listener);
    }
    replica.done(write(gateway));
  }

  @Test
  void shouldStandForWhatIsNotInTheMesh() {
    replica.done(
        register(node("n1"), service("out", "g1").setKind(ServiceKinds.TERMINATING_GATEWAY)));
    replica.done(register(node("n1"), service("consul", "c1")));
    replica.done(register(node("n1"), service("web", "w1")));
    replica.done(register(node("n1"), sidecar("web")));
    replica.done(register(node("n1"), service("api", "a1")));
    replica.done(register(node("n1"), service("db", "d1")));
    terminating("DB", "nowhere", "*");
    ConfigEntry.Builder outside = entry(ConfigEntryKind.SERVICE_DEFAULTS, "outside");
    outside.getServiceDefaultsBuilder().getDestinationBuilder().setPort(443).addAddresses("x.org");
    replica.done(write(outside));

    assertThat(servicesOf("out")).containsExactly("DB0", "api*0", "nowhere0", "outside*0", "web*0");
    for (String name : List.of("db", "nowhere", "api", "outside")) {
      assertThat(ids(new Catalog(replica.now()).mesh("", name))).as(name).containsExactly("g1");
    }
    assertThat(ids(new Catalog(replica.now()).mesh("", "web")))
        .containsExactly("web-sidecar-proxy", "g1");
    assertThat(ids(new Catalog(replica.now()).mesh("", "consul"))).isEmpty();
    assertThat(ids(new Catalog(replica.now()).mesh("", "unknown"))).isEmpty();
    assertThat(ids(new Catalog(replica.now()).mesh("west", "db"))).isEmpty();
    assertThat(ids(new Catalog(replica.now()).connect("", "db"))).isEmpty();
  }

  @Test
  void shouldLeaveOutOfTheAsteriskWhatSpeaksToTheMeshItself() {
    replica.done(
        register(node("n1"), service("out", "g1").setKind(ServiceKinds.TERMINATING_GATEWAY)));
    io.hanse.fsm.row.NodeService.Builder own = service("own", "o1");
    own.getConnectBuilder().setNative(true);
    replica.done(register(node("n1"), own));
    terminating("*");

    assertThat(servicesOf("out")).isEmpty();
    assertThat(ids(new Catalog(replica.now()).mesh("", "own"))).containsExactly("o1");
    replica.done(register(node("n2"), service("own", "o2")));
    assertThat(servicesOf("out")).containsExactly("own*0");
    assertThat(ids(new Catalog(replica.now()).mesh("", "own"))).containsExactly("o1", "g1");
  }

  @Test
  void shouldLeadToTheMeshByProtocol() {
    replica.done(register(node("n1"), service("in", "i1").setKind(ServiceKinds.INGRESS_GATEWAY)));
    replica.done(register(node("n1"), service("web", "w1")));
    replica.done(register(node("n1"), sidecar("web")));
    replica.done(register(node("n1"), service("db", "d1")));
    replica.done(register(node("n1"), sidecar("db")));
    replica.done(register(node("n1"), service("lone", "l1")));
    replica.done(write(protocol("web", "http")));
    ingress(listener(80, "http", "*"), listener(81, "http", "web"), listener(82, "tcp", "db"));

    assertThat(servicesOf("in")).containsExactly("db82", "web*80", "web81");
    assertThat(ids(new Health(replica.now()).ingress("web"))).containsExactly("i1");
    assertThat(ids(new Health(replica.now()).ingress("db"))).containsExactly("i1");
    assertThat(ids(new Health(replica.now()).ingress("lone"))).isEmpty();
    assertThat(servicesOf("none")).isEmpty();
  }
}
