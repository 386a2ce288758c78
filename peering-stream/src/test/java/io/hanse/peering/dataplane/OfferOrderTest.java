package io.hanse.peering.dataplane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.MeshGatewayConfig;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringServiceMeta;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.SimCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a proxy needs to use a resource is offered before it, however the answers come. */
class OfferOrderTest implements ResourceSet.Sink {
  private record Offer(ResourceType type, String id, Message payload) {}

  private final LocalCluster cluster = new LocalCluster();
  private final Turns loop = new Turns();
  private final ProxyQueries queries = new ProxyQueries(loop, cluster, index -> {});
  private final List<Offer> offers = new ArrayList<>();
  private final List<String> withdrawn = new ArrayList<>();

  @BeforeEach
  void initialize() {
    cluster.submit(SimCommands.initialize("a1fa0000-0000-4000-8000-000000000001", "dc1")).join();
    cluster.submit(peering("east")).join();
    cluster.submit(bundle("east")).join();
    cluster.submit(SimCommands.gateway("n9", 8443)).join();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void shouldTellASidecarTheEndpointsAndRootsOfAnUpstreamFirst() {
    register(web());
    try (SidecarSource source = sidecar()) {
      source.start();
      loop.run();

      register(web().addUpstreams(toDb("remote")));
      loop.run();
      assertThat(position(ProxyResources.UPSTREAM, "db?peer=east"))
          .isGreaterThan(position(ProxyResources.ENDPOINTS, "peer/east/db"))
          .isGreaterThan(position(ProxyResources.TRUST_BUNDLE, "east"));

      offers.clear();
      register(web().addUpstreams(toDb("local")));
      loop.run();
      int moved = position(ProxyResources.UPSTREAM, "db?peer=east");
      assertThat(((UpstreamRoute) offers.get(moved).payload()).getEndpoints())
          .isEqualTo("gateways");
      assertThat(moved).isGreaterThan(position(ProxyResources.ENDPOINTS, "gateways"));
    }
  }

  @Test
  void shouldTellAGatewayItsRoutesInOneListThatIsWhole() {
    cluster.submit(imported("db")).join();
    cluster.submit(imported("cache")).join();
    cluster.submit(SimCommands.sidecar("n2", "local")).join();
    try (GatewaySource source = gateway()) {
      source.start();
      loop.run();
      assertThat(lists(ProxyResources.ROUTE))
          .singleElement()
          .satisfies(
              list -> assertThat(list.getNamesList()).hasSize(3).contains(sni("cache"), sni("db")));
      assertThat(position(ProxyResources.ROUTE, sni("db")))
          .isGreaterThan(position(ProxyResources.ENDPOINTS, "peer/east/db"));
    }
  }

  /** It could else take the place of a service of this cluster, or of another peer. */
  @Test
  void shouldGiveAPeerNoServerNameOfAnotherDomain() {
    cluster.submit(imported("db")).join();
    cluster
        .submit(
            imported("own", "db.default.dc1.internal.a1fa0000-0000-4000-8000-000000000001.consul"))
        .join();
    cluster.submit(imported("other", "db.default.default.west.external.north.consul")).join();
    cluster.submit(imported("long", "x".repeat(300) + sni("long"))).join();
    try (GatewaySource source = gateway()) {
      source.start();
      loop.run();
      assertThat(lists(ProxyResources.ROUTE).get(0).getNamesList()).containsExactly(sni("db"));
    }
  }

  /** Neither takes the other's route along when it goes. */
  @Test
  void shouldRouteANameToAnotherThatHasItWhenTheFirstIsGone() {
    cluster.submit(imported("db")).join();
    cluster.submit(imported("other", sni("DB"))).join();
    try (GatewaySource source = gateway()) {
      source.start();
      loop.run();
      assertThat(route(sni("db")).getService()).isEqualTo("db");
      assertThat(withdrawn).isEmpty();

      cluster.submit(importsOf("east", "other")).join();
      loop.run();
      assertThat(route(sni("db")).getService()).isEqualTo("other");
      assertThat(withdrawn).doesNotContain(sni("db"));

      cluster.submit(importsOf("east")).join();
      loop.run();
      assertThat(withdrawn).containsOnlyOnce(sni("db"));
    }
  }

  /** A trust domain is no secret: a peer that claims another's has no part in its names. */
  @Test
  void shouldRouteANameToThePeerThatWasThereFirst() {
    cluster.submit(imported("db")).join();
    cluster.submit(peering("a-rival")).join();
    cluster.submit(bundle("a-rival")).join();
    try (GatewaySource source = gateway()) {
      source.start();
      loop.run();
      cluster.submit(imported("a-rival", "db", sni("db"))).join();
      loop.run();
      assertThat(route(sni("db")).getPeer()).isEqualTo("east");
      cluster.submit(importsOf("a-rival")).join();
      loop.run();
      assertThat(route(sni("db")).getPeer()).isEqualTo("east");
      assertThat(withdrawn).doesNotContain(sni("db"));
    }
  }

  @Test
  void shouldOfferNoEndpointsOfAPeerThatIsWithdrawn() {
    cluster.submit(imported("db")).join();
    register(web().addUpstreams(toDb("remote")));
    try (SidecarSource source = sidecar()) {
      source.start();
      expectEndpointsUntilWithdrawn();
    }
    offers.clear();
    try (GatewaySource source = gateway()) {
      source.start();
      expectEndpointsUntilWithdrawn();
    }
  }

  private void expectEndpointsUntilWithdrawn() {
    loop.run();
    assertThat(endpoints("peer/east/db")).hasSize(1);
    cluster.submit(SimCommands.withdraw("east", true)).join();
    loop.run();
    assertThat(endpoints("peer/east/db")).isEmpty();
    cluster.submit(SimCommands.withdraw("east", false)).join();
    loop.run();
    assertThat(endpoints("peer/east/db")).hasSize(1);
  }

  /** The newest of a list. */
  private List<Endpoint> endpoints(String list) {
    return offers.stream()
        .filter(offer -> offer.type().equals(ProxyResources.ENDPOINTS) && offer.id().equals(list))
        .map(offer -> ((Endpoints) offer.payload()).getEndpointsList())
        .reduce((older, newer) -> newer)
        .orElseThrow();
  }

  private SidecarSource sidecar() {
    return new SidecarSource(
        queries,
        open("web-proxy", ProxyResources.SIDECAR).setService("web").build(),
        /* allowByDefault= */ false,
        new RefusedChains(),
        new ResourceSet(ProxyResources.of(ProxyResources.SIDECAR), true, this));
  }

  private GatewaySource gateway() {
    return new GatewaySource(
        queries,
        open("gateway-n9", ProxyResources.MESH_GATEWAY).setNode("n9").build(),
        new ResourceSet(ProxyResources.of(ProxyResources.MESH_GATEWAY), true, this));
  }

  private static ProxyOpen.Builder open(String id, String kind) {
    return ProxyOpen.newBuilder().setNode("n1").setProxyId(id).setKind(kind);
  }

  private int position(ResourceType type, String id) {
    for (int i = 0; i < offers.size(); i++) {
      if (offers.get(i).type().equals(type) && offers.get(i).id().equals(id)) {
        return i;
      }
    }
    throw new AssertionError("never offered: " + type.url() + " " + id + " of " + offers);
  }

  /** The newest under a name. */
  private Route route(String sni) {
    return offers.stream()
        .filter(offer -> offer.type().equals(ProxyResources.ROUTE) && offer.id().equals(sni))
        .map(offer -> (Route) offer.payload())
        .reduce((older, newer) -> newer)
        .orElseThrow();
  }

  private List<ResourceList> lists(ResourceType of) {
    return offers.stream()
        .filter(offer -> offer.type().equals(ProxyResources.LIST))
        .filter(offer -> offer.id().equals(ProxyResources.listId(of)))
        .map(offer -> (ResourceList) offer.payload())
        .toList();
  }

  private void register(ConnectProxyConfig.Builder proxy) {
    cluster
        .submit(
            Command.newBuilder()
                .setRegister(
                    RegisterCatalog.newBuilder()
                        .setNode(Node.newBuilder().setNode("n1").setAddress("10.0.0.1"))
                        .setService(
                            NodeService.newBuilder()
                                .setKind(ProxyResources.SIDECAR)
                                .setId("web-proxy")
                                .setService("web-sidecar-proxy")
                                .setPort(21_000)
                                .setProxy(proxy)))
                .build())
        .join();
  }

  private static ConnectProxyConfig.Builder web() {
    return ConnectProxyConfig.newBuilder().setDestinationServiceName("web");
  }

  private static Upstream toDb(String mode) {
    return Upstream.newBuilder()
        .setDestinationType("service")
        .setDestinationName("db")
        .setDestinationPeer("east")
        .setLocalBindPort(9_001)
        .setMeshGateway(MeshGatewayConfig.newBuilder().setMode(mode))
        .build();
  }

  private static Command peering(String name) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(
                    Peering.newBuilder()
                        .setId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)).toString())
                        .setName(name)
                        .setState(PeeringState.PENDING)))
        .build();
  }

  private static Command bundle(String peer) {
    return Command.newBuilder()
        .setWriteTrustBundle(
            WriteTrustBundle.newBuilder()
                .setBundle(
                    PeeringTrustBundle.newBuilder()
                        .setPeerName(peer)
                        .setTrustDomain("east.consul")
                        .setExportedPartition("default")
                        .addRootPems("PEM")))
        .build();
  }

  private static String sni(String service) {
    return service + ".default.default.west.external.east.consul";
  }

  private static Command imported(String service) {
    return imported(service, sni(service));
  }

  private static Command imported(String service, String sni) {
    return imported("east", service, sni);
  }

  /** All that a peer exports from now on. */
  private static Command importsOf(String peer, String... services) {
    ReconcileImportList.Builder list = ReconcileImportList.newBuilder().setPeer(peer);
    for (String service : services) {
      list.addServices(service + "-sidecar-proxy");
    }
    return Command.newBuilder().setReconcileImportList(list).build();
  }

  private static Command imported(String peer, String service, String sni) {
    NodeService.Builder twin =
        NodeService.newBuilder()
            .setKind(ProxyResources.SIDECAR)
            .setId(service + "-proxy")
            .setService(service + "-sidecar-proxy")
            .setPort(21_000)
            .setPeerName(peer)
            .setProxy(ConnectProxyConfig.newBuilder().setDestinationServiceName(service))
            .setConnect(
                ServiceConnect.newBuilder()
                    .setPeerMeta(PeeringServiceMeta.newBuilder().addSni(sni)));
    return Command.newBuilder()
        .setReconcileImport(
            ReconcileImport.newBuilder()
                .setPeer(peer)
                .setService(service + "-sidecar-proxy")
                .addInstances(
                    CheckServiceNode.newBuilder()
                        .setNode(Node.newBuilder().setNode("e1").setAddress("10.1.0.1"))
                        .setService(twin)))
        .build();
  }

  @Override
  public void offered(ResourceType type, String id, Message payload) {
    offers.add(new Offer(type, id, payload));
  }

  @Override
  public void withdrawn(ResourceType type, String id) {
    withdrawn.add(id);
  }

  /** Runs its tasks when told to. */
  private static final class Turns implements Loop {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    void run() {
      for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
        next.run();
      }
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Runnable after(long delayMillis, Runnable task) {
      throw new AssertionError("nothing is to fail here");
    }

    @Override
    public long nowMillis() {
      return 1;
    }
  }
}
