package io.hanse.fsm.view;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.exports;
import static io.hanse.fsm.apply.Commands.gateway;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.register;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.sidecar;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.Commands;
import io.hanse.fsm.apply.Replica;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.EnterpriseMeta;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver.Exports;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportResolverTest {
  private static final String TRUST_DOMAIN = Commands.CLUSTER_ID + ".consul";

  private final Replica replica = new Replica();

  @BeforeEach
  void cluster() {
    replica.done(Commands.initialize());
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private Exports forPeer(String peer) {
    return new ExportResolver(replica.now()).forPeer(peer);
  }

  private List<CheckServiceNode> instances(String service) {
    return new ExportResolver(replica.now())
        .instances(service).stream().map(ExportedInstance::row).toList();
  }

  @Test
  void shouldExportNamedServiceEvenWithoutInstances() {
    replica.done(write(exports("west", "web", "api")));

    assertThat(forPeer("west").services()).containsExactly("api", "web");
    assertThat(forPeer("west").meshServices()).isEmpty();
    assertThat(forPeer("West")).isEqualTo(Exports.NONE);
    assertThat(forPeer("east")).isEqualTo(Exports.NONE);
  }

  @Test
  void shouldExpandWildcardToTypicalServices() {
    replica.done(register(node("n1"), service("web", "w1")));
    replica.done(register(node("n2"), service("Web", "w2")));
    replica.done(register(node("n1"), service("api", "a1")));
    replica.done(register(node("n1"), service("consul", "consul")));
    replica.done(register(node("n1"), sidecar("web")));
    replica.done(register(node("n1"), gateway("gw")));
    replica.done(write(exports("west", "*")));

    assertThat(forPeer("west").services()).containsExactly("api", "web");
    assertThat(forPeer("west").meshServices()).containsOnlyKeys("web").containsValue("tcp");
  }

  @Test
  void shouldTellARowThatWasChangedAndChangedBackByItsVersion() {
    replica.done(register(node("n1"), service("web", "w1")));
    ExportedInstance first = onlyInstance();
    replica.done(register(node("n1"), service("web", "w1")));
    assertThat(onlyInstance()).as("nothing was written").isEqualTo(first);

    replica.done(register(node("n1"), service("api", "w1")));
    replica.done(register(node("n1"), service("web", "w1")));
    ExportedInstance second = onlyInstance();
    assertThat(second.row()).isEqualTo(first.row());
    assertThat(second.version()).isGreaterThan(first.version());

    replica.done(register(node("n1").setAddress("10.9.9.9"), service("api", "a1")));
    replica.done(register(node("n1"), service("api", "a1")));
    assertThat(onlyInstance().row()).isEqualTo(first.row());
    assertThat(onlyInstance().version()).isGreaterThan(second.version());
  }

  private ExportedInstance onlyInstance() {
    List<ExportedInstance> instances = new ExportResolver(replica.now()).instances("web");
    assertThat(instances).hasSize(1);
    return instances.get(0);
  }

  @Test
  void shouldNeverShowOnWhatIsImported() {
    replica.done(write(acceptor("east")));
    replica.done(reconcile("east", "db", instance(node("n1"), service("db", "d1"))));
    replica.done(write(exports("west", "*")));

    assertThat(forPeer("west").services()).isEmpty();
    assertThat(instances("db")).isEmpty();
  }

  @Test
  void shouldExportNativeServicesAsMeshServices() {
    replica.done(
        register(
            node("n1"),
            service("web", "w1").setConnect(ServiceConnect.newBuilder().setNative(true))));
    replica.done(write(protocol("web", "http")));
    replica.done(write(exports("west", "web")));

    assertThat(forPeer("west").meshServices()).containsEntry("web", "http");
  }

  @Test
  void shouldNeverExportConsul() {
    replica.done(write(exports("west", "consul")));

    assertThat(forPeer("west")).isEqualTo(Exports.NONE);
  }

  @Test
  void shouldExportNothingToPeerThatIsBeingDeleted() {
    replica.done(write(acceptor("west")));
    replica.done(write(exports("west", "web")));
    assertThat(forPeer("west").services()).containsExactly("web");

    replica.done(markDeleted("west"));

    assertThat(forPeer("west")).isEqualTo(Exports.NONE);
  }

  @Test
  void shouldListConsumersOfEachService() {
    ConfigEntry.Builder entry = exports("west", "web", "*");
    entry.getExportedServicesBuilder().getServicesBuilder(0).addConsumersBuilder().setPeer("east");
    entry
        .getExportedServicesBuilder()
        .getServicesBuilder(1)
        .addConsumersBuilder()
        .setPartition("ignored");
    replica.done(write(entry));
    replica.done(register(node("n1"), service("api", "a1")));

    assertThat(new ExportResolver(replica.now()).consumers())
        .hasSize(2)
        .hasEntrySatisfying("web", peers -> assertThat(peers).containsExactly("east", "west"))
        .hasEntrySatisfying("api", peers -> assertThat(peers).containsExactly("west"));
  }

  /** Rows that no applier would write, as an older version might have. */
  @ParameterizedTest
  @CsvSource({
    "n2, '', '', c, it has no service id or name",
    "'', '', x-1, c, it has no node",
    "n2, '', x-1, '', one of its checks has no id",
    "n2, 1234, x-1, c, its node's id: UUID must be 36 characters"
  })
  void shouldNeverExportAnIncompleteInstance(
      String node, String nodeId, String serviceId, String checkId, String flaw) {
    List<String> withheld = new ArrayList<>();
    try (Store store = new Store(StoreSettings.defaults(), Runnable::run)) {
      Transaction rows = store.begin(1, 1);
      rows.nextIndex();
      put(rows, node("n1"), service("web", "w1"), check("alive", "w1", "passing"));
      put(
          rows,
          node(node).setId(nodeId),
          service("web", serviceId),
          check(checkId, serviceId, "passing"));
      rows.publish();
      try (View view = store.view()) {
        assertThat(new ExportResolver(view, withheld::add).instances("web"))
            .extracting(instance -> instance.row().getNode().getNode())
            .containsExactly("n1");
      }
    }
    assertThat(withheld).singleElement().asString().endsWith("is not exported: " + flaw);
  }

  private static void put(
      Transaction rows, Node.Builder node, NodeService.Builder service, HealthCheck.Builder check) {
    Tables.NODES.put(rows, node.build());
    Tables.SERVICES.put(
        rows, ServiceInstance.newBuilder().setNode(node.getNode()).setService(service).build());
    Tables.CHECKS.put(
        rows, check.setNode(node.getNode()).setServiceName(service.getService()).build());
  }

  @Test
  void shouldWithholdWhatIsThisClustersOwnBusiness() {
    replica.done(
        register(
            node("n1").putMeta("rack", "r1"),
            service("web", "w1")
                .addTags("v1")
                .setConnect(ServiceConnect.newBuilder().setNative(true))
                .putTaggedAddresses("consul-virtual", ServiceAddress.newBuilder().build())
                .putTaggedAddresses("wan", ServiceAddress.newBuilder().setPort(1).build()),
            check("alive", "", "passing"),
            check("http", "w1", "warning").setOutput("secret path")));

    CheckServiceNode exported = instances("web").get(0);

    assertThat(exported.getNode()).isEqualTo(node("n1").putMeta("rack", "r1").build());
    NodeService service = exported.getService();
    assertThat(service.hasConnect()).isFalse();
    assertThat(service.hasProxy()).isFalse();
    assertThat(service.hasRaftIndex()).isFalse();
    assertThat(service.hasEnterpriseMeta()).isTrue();
    assertThat(service.getTaggedAddressesMap()).containsOnlyKeys("wan");
    assertThat(service.getTagsList()).containsExactly("v1");
    assertThat(exported.getChecksList())
        .containsExactly(
            HealthCheck.newBuilder()
                .setNode("n1")
                .setCheckId("w1:overall-check")
                .setName("overall-check")
                .setStatus("warning")
                .setServiceId("w1")
                .setServiceName("web")
                .setEnterpriseMeta(EnterpriseMeta.getDefaultInstance())
                .build());
  }

  @Test
  void shouldExportNoCheckOfInstanceWithoutAny() {
    replica.done(register(node("n1"), service("web", "w1")));

    assertThat(instances("web").get(0).getChecksList()).isEmpty();
  }

  @Test
  void shouldExportOnlyTypicalInstances() {
    replica.done(register(node("n1"), sidecar("web")));
    replica.done(register(node("n1"), service("odd-sidecar-proxy", "odd")));

    assertThat(instances("web-sidecar-proxy")).isEmpty();
    assertThat(instances("odd-sidecar-proxy")).isEmpty();
  }

  @Test
  void shouldReachMeshServicesThroughEachGateway() {
    replica.done(
        register(
            node("g1"),
            gateway("gw1")
                .setAddress("10.0.0.7")
                .addTags("not for others")
                .putTaggedAddresses(
                    "wan", ServiceAddress.newBuilder().setAddress("1.2.3.4").setPort(443).build()),
            check("c", "gw1", "passing")));
    replica.done(register(node("g2"), gateway("gw2"), check("c", "gw2", "critical")));
    replica.done(write(protocol("web", "http")));

    List<CheckServiceNode> exported =
        new ExportResolver(replica.now())
            .meshInstances("web", "west").stream().map(ExportedInstance::row).toList();

    assertThat(exported).hasSize(2);
    NodeService first = exported.get(0).getService();
    assertThat(exported.get(0).getNode().getNode()).isEqualTo("g1");
    assertThat(first.getKind()).isEqualTo("connect-proxy");
    assertThat(first.getService()).isEqualTo("web-sidecar-proxy");
    assertThat(first.getId()).isEqualTo("web-sidecar-proxy-instance-0");
    assertThat(first.getProxy().getDestinationServiceName()).isEqualTo("web");
    assertThat(first.getProxy().getDestinationServiceId()).isEqualTo("web-instance-0");
    assertThat(first.getAddress()).isEqualTo("10.0.0.7");
    assertThat(first.getPort()).isEqualTo(8443);
    assertThat(first.getTagsList()).isEmpty();
    assertThat(first.getTaggedAddressesMap()).containsOnlyKeys("wan");
    assertThat(first.getConnect().getPeerMeta().getSniList())
        .containsExactly("web.default.default.west.external." + TRUST_DOMAIN);
    assertThat(first.getConnect().getPeerMeta().getSpiffeIdList())
        .containsExactly(
            "spiffe://" + TRUST_DOMAIN + "/ns/default/dc/dc1/svc/web",
            "spiffe://" + TRUST_DOMAIN + "/gateway/mesh/dc/dc1");
    assertThat(first.getConnect().getPeerMeta().getProtocol()).isEqualTo("http");
    assertThat(exported.get(1).getChecks(0).getCheckId())
        .isEqualTo("web-sidecar-proxy-instance-1:overall-check");
    assertThat(exported.get(1).getChecks(0).getStatus()).isEqualTo("critical");
  }

  @Test
  void shouldExportNoMeshInstanceWithoutGateway() {
    assertThat(new ExportResolver(replica.now()).meshInstances("web", "west")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "passing, passing, passing",
    "passing, warning, warning",
    "warning, critical, critical",
    "critical, strange, strange",
  })
  void shouldExportTheWorstStatus(String one, String other, String worst) {
    replica.done(
        register(node("n1"), service("web", "w1"), check("a", "", one), check("b", "w1", other)));

    assertThat(instances("web").get(0).getChecks(0).getStatus()).isEqualTo(worst);
  }

  @ParameterizedTest
  @CsvSource({"_node_maintenance, ''", "_service_maintenance:w1, w1"})
  void shouldExportMaintenanceAboveAll(String checkId, String serviceId) {
    replica.done(
        register(
            node("n1"),
            service("web", "w1"),
            check("strange", "", "strange"),
            check(checkId, serviceId, "critical")));

    assertThat(instances("web").get(0).getChecks(0).getStatus()).isEqualTo("maintenance");
  }
}
