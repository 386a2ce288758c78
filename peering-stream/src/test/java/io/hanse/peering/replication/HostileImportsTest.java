package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A peer that sends what it should not: nothing of this cluster, and nothing of another peer, is
 * touched by it. West is hostile and is dialed by this cluster; east is another peer.
 */
class HostileImportsTest {
  private static final List<String> NAMES = List.of("web", "api", "consul", "", "a\u0000b", "é/..");

  private final LocalCluster cluster = new LocalCluster();
  private final ThreadLoops loops = new ThreadLoops("test", 1);
  private ImportIntake west;
  private Map<String, List<CheckServiceNode>> before;

  @BeforeEach
  void start() throws Exception {
    submit(SimCommands.dialer("id-west", "west", "id-there", List.of("h:1"), "secret-west"));
    submit(SimCommands.dialer("id-east", "east", "id-there", List.of("h:2"), "secret-east"));
    submit(SimCommands.register("n1", "web", 80, "passing"));
    west = intake("id-west", "west");
    ImportIntake east = intake("id-east", "east");
    store(east, PeerResources.SERVICE, "web", service(instance("n1", "web", "")));
    store(east, PeerResources.SERVICE_LIST, "l", list("web"));
    store(east, PeerResources.TRUST_BUNDLE, "roots", bundle(SimCommands.root()));
    before = ofOthers();
    assertThat(before.get("east/web")).hasSize(1);
  }

  @AfterEach
  void stop() {
    loops.close();
    cluster.close();
  }

  private void submit(Command command) {
    cluster.submit(command).join();
  }

  private ImportIntake intake(String id, String name) {
    LogWriter writer = new LogWriter(loops.newLoop(), cluster, 1);
    return new ImportIntake(writer, cluster, id, name, 1 << 20, RivalRootsTest.silent());
  }

  private static Optional<String> store(
      ImportIntake intake, ResourceType type, String id, Any payload) throws Exception {
    return intake.store(type, id, payload).get(20, TimeUnit.SECONDS);
  }

  private static Any service(CheckServiceNode.Builder... instances) {
    ExportedService.Builder service = ExportedService.newBuilder();
    for (CheckServiceNode.Builder instance : instances) {
      service.addNodes(instance);
    }
    return Any.pack(service.build());
  }

  private static Any list(String... names) {
    return Any.pack(ExportedServiceList.newBuilder().addAllServices(List.of(names)).build());
  }

  private static Any bundle(String... roots) {
    return bundleOf("there.consul", roots);
  }

  private static Any bundleOf(String trustDomain, String... roots) {
    return Any.pack(
        PeeringTrustBundle.newBuilder()
            .setTrustDomain(trustDomain)
            .setPeerName("east")
            .addAllRootPems(List.of(roots))
            .build());
  }

  /** An instance that says it is of another cluster than it comes from. */
  private static CheckServiceNode.Builder instance(String node, String service, String claimed) {
    return CheckServiceNode.newBuilder()
        .setNode(Node.newBuilder().setNode(node).setAddress("10.6.6.6").setPeerName(claimed))
        .setService(
            NodeService.newBuilder()
                .setId(service + "-" + node)
                .setService(service)
                .setPeerName(claimed))
        .addChecks(
            HealthCheck.newBuilder()
                .setNode(node)
                .setCheckId("check-" + service + "-" + node)
                .setServiceId(service + "-" + node)
                .setPeerName(claimed)
                .setStatus("critical"));
  }

  /** All that west has no say in. */
  private Map<String, List<CheckServiceNode>> ofOthers() {
    Map<String, List<CheckServiceNode>> found = new TreeMap<>();
    try (View view = cluster.view()) {
      for (String peer : List.of("", "east")) {
        for (String name : new Catalog(view).names(peer)) {
          found.put(peer + "/" + name, new Health(view).service(peer, name));
        }
      }
      assertThat(new Peerings(view).trustBundle("east").orElseThrow().getRootPemsList())
          .containsExactly(SimCommands.root());
      assertThat(new Peerings(view).byName("east").orElseThrow().getPeerServerAddressesList())
          .containsExactly("h:2");
    }
    return found;
  }

  private List<CheckServiceNode> imported(String service) {
    try (View view = cluster.view()) {
      return new Health(view).service("west", service);
    }
  }

  @Test
  void shouldKeepRowsThatClaimAnotherPeerAsThePeersOwn() throws Exception {
    for (String claimed : List.of("", "east", "west")) {
      assertThat(store(west, PeerResources.SERVICE, "web", service(instance("n1", "web", claimed))))
          .isEmpty();
      assertThat(imported("web")).hasSize(1);
      assertThat(imported("web").get(0).getService().getPeerName()).isEqualTo("west");
      assertThat(ofOthers()).isEqualTo(before);
    }
    store(west, PeerResources.SERVICE_LIST, "l", list());
    assertThat(imported("web")).isEmpty();
    assertThat(ofOthers()).isEqualTo(before);
  }

  @Test
  void shouldNotTakeServersOfAPeerForItsOwn() throws Exception {
    store(west, PeerResources.SERVICE, "consul", service(instance("n1", "consul", "")));
    try (View view = cluster.view()) {
      assertThat(new Catalog(view).service("", "consul")).isEmpty();
    }
    assertThat(ofOthers()).isEqualTo(before);
  }

  @Test
  void shouldRefuseAllOfAServiceOneInstanceOfWhichIsIllegal() throws Exception {
    CheckServiceNode.Builder good = instance("n1", "web", "");
    CheckServiceNode.Builder strange = instance("n2", "web", "");
    strange.getChecksBuilder(0).setNode("another");
    for (CheckServiceNode.Builder bad :
        List.of(
            CheckServiceNode.newBuilder(),
            instance("", "web", ""),
            instance("n\u0000", "web", ""),
            strange)) {
      assertThat(store(west, PeerResources.SERVICE, "web", service(good, bad))).isPresent();
      assertThat(imported("web")).isEmpty();
    }
    assertThat(ofOthers()).isEqualTo(before);
  }

  /** Nothing would take it away again: what goes by a name takes what is stored under it. */
  @Test
  void shouldRefuseInstancesOfAnotherServiceThanTheyComeUnder() throws Exception {
    CheckServiceNode.Builder good = instance("n1", "web", "");
    CheckServiceNode.Builder other = instance("n2", "api", "");
    assertThat(store(west, PeerResources.SERVICE, "web", service(good, other)))
        .hasValueSatisfying(text -> assertThat(text).contains("service=\"web\": instance 1 is of"));
    ChangeIntake.Outcome outcome =
        changes(change("web").addInstances(other), change("pay").addInstances(good));
    assertThat(outcome.refusals()).containsOnlyKeys(0, 1);
    assertThat(outcome.refusals().get(0)).contains("is of service \"api\"");
    try (View view = cluster.view()) {
      assertThat(new Catalog(view).names("west")).isEmpty();
      assertThat(new Peerings(view).importMarks("west")).isEmpty();
    }
  }

  @Test
  void shouldStoreAServiceWrittenInAnotherCaseAndATwinUnderItsOwnName() throws Exception {
    String twin = "web" + PeerResources.TWIN_SUFFIX;
    assertThat(store(west, PeerResources.SERVICE, "WEB", service(instance("n1", "web", ""))))
        .isEmpty();
    assertThat(changes(change(twin).addInstances(instance("n1", twin, ""))).refusals()).isEmpty();
    assertThat(imported("web")).hasSize(1);
    assertThat(imported(twin)).hasSize(1);
  }

  /** No quota counts a mark. */
  @Test
  void shouldRefuseMarksThatAreNone() throws Exception {
    ByteString mark = ByteString.copyFrom(new byte[65]);
    ChangeIntake.Outcome outcome = changes(change("web").setMark(mark), change("pay"));
    assertThat(outcome.refusals()).containsOnlyKeys(0);
    try (View view = cluster.view()) {
      assertThat(new Peerings(view).importMarks("west")).containsOnlyKeys("pay");
    }
  }

  private static ImportChange.Builder change(String service) {
    return ImportChange.newBuilder().setService(service).setMark(ByteString.copyFromUtf8("mark"));
  }

  private ChangeIntake.Outcome changes(ImportChange.Builder... changes) throws Exception {
    return west.store(Stream.of(changes).map(ImportChange.Builder::build).toList())
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldKeepItsWayToAPeerThatNamesNone() throws Exception {
    for (Any payload : List.of(bundle("zz"), bundle(SimCommands.root(), ""), bundle())) {
      assertThat(store(west, PeerResources.TRUST_BUNDLE, "roots", payload)).isPresent();
    }
    for (String address : List.of("", "nowhere", "h:0", "h:1:2", "h:99999")) {
      Any payload = Any.pack(PeeringServerAddresses.newBuilder().addAddresses(address).build());
      assertThat(store(west, PeerResources.SERVER_ADDRESSES, "server-addrs", payload))
          .hasValueSatisfying(text -> assertThat(text).contains("is not a valid peering server"));
    }
    Any none = Any.pack(PeeringServerAddresses.getDefaultInstance());
    assertThat(store(west, PeerResources.SERVER_ADDRESSES, "server-addrs", none)).isPresent();
    try (View view = cluster.view()) {
      assertThat(new Peerings(view).trustBundle("west")).isEmpty();
      assertThat(new Peerings(view).byName("west").orElseThrow().getPeerServerAddressesList())
          .containsExactly("h:1");
    }
  }

  private static String otherRoot() {
    return CertificateAuthority.create(
            TrustDomain.ofCluster("11111111-2222-3333-4444-555555555555"),
            "other",
            8,
            Instant.parse("2026-01-01T00:00:00Z"))
        .row()
        .getRootCert();
  }

  /** Nobody but this cluster vouches for its own identities. */
  @Test
  void shouldRefuseRootsForOurOwnTrustDomain() throws Exception {
    String own = "99999999-2222-3333-4444-555555555555";
    submit(SimCommands.initialize(own, "here"));
    assertThat(
            store(
                west, PeerResources.TRUST_BUNDLE, "roots", bundleOf(own + ".Consul", otherRoot())))
        .hasValueSatisfying(text -> assertThat(text).contains("is this cluster's own"));
    try (View view = cluster.view()) {
      assertThat(new Peerings(view).trustBundle("west")).isEmpty();
    }
    assertThat(ofOthers()).isEqualTo(before);
  }

  /** Who came first proves nothing: else a stranger could keep the owner out for good. */
  @Test
  void shouldTakeRootsForATrustDomainThatAnotherNamesWithoutTouchingTheOthers() throws Exception {
    String root = otherRoot();
    assertThat(store(west, PeerResources.TRUST_BUNDLE, "roots", bundleOf("There.Consul", root)))
        .isEmpty();
    try (View view = cluster.view()) {
      assertThat(new Peerings(view).trustBundle("west").orElseThrow().getRootPemsList())
          .containsExactly(root);
    }
    assertThat(ofOthers()).isEqualTo(before);
  }

  @Test
  void shouldNameThoseWhoBringOtherRootsForOneTrustDomain() {
    try (View view = cluster.view()) {
      PeeringTrustBundle.Builder bundle =
          PeeringTrustBundle.newBuilder().setTrustDomain("THERE.consul").addRootPems(otherRoot());
      assertThat(TrustDomainClaims.rivals(view, bundle.build(), "west")).containsExactly("east");
      assertThat(TrustDomainClaims.rivals(view, bundle.build(), "east")).isEmpty();
      bundle.addRootPems(SimCommands.root());
      assertThat(TrustDomainClaims.rivals(view, bundle.build(), "west")).isEmpty();
    }
  }

  @Test
  void shouldSurviveAnyPayload() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      ResourceType type =
          PeerResources.TABLE.types().get(random.nextInt(PeerResources.TABLE.types().size()));
      byte[] bytes = payload(random).toByteArray();
      for (int flips = random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Any payload =
          Any.newBuilder().setTypeUrl(type.url()).setValue(ByteString.copyFrom(bytes)).build();
      store(west, type, one(random), payload);
    }
    assertThat(ofOthers()).isEqualTo(before);
  }

  private static ByteString payload(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> list(one(random), one(random)).getValue();
      case 1 -> bundle(one(random)).getValue();
      case 2 ->
          PeeringServerAddresses.newBuilder().addAddresses(one(random)).build().toByteString();
      default -> service(instance(one(random), one(random), "east")).getValue();
    };
  }

  private static String one(Random random) {
    return NAMES.get(random.nextInt(NAMES.size()));
  }
}
