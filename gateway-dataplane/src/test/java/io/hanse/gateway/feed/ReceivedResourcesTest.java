package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Upstream;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.proto.Route;
import io.hanse.peering.protocol.ListParts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceivedResourcesTest {
  private static final String ROOT =
      CertificateAuthority.create(
              new TrustDomain("11111111-0000-0000-0000-000000000001.consul"),
              "abcd",
              1,
              Instant.parse("2026-01-01T00:00:00Z"))
          .row()
          .getRootCert();

  private final ReceivedResources resources =
      new ReceivedResources(ProxyResources.of(ProxyResources.MESH_GATEWAY));

  @Test
  void shouldBeCompleteWhenAllThatIsListedIsThere() {
    config();
    list(ProxyResources.ENDPOINTS, "db");
    list(ProxyResources.ROUTE, "a");
    assertThat(resources.isComplete()).isFalse();
    store(ProxyResources.ROUTE, "a", route("a"));
    assertThat(resources.isComplete()).isFalse();
    store(ProxyResources.ENDPOINTS, "db", Endpoints.newBuilder().setName("db").build());
    assertThat(resources.isComplete()).isTrue();
    assertThat(resources.snapshot().routes()).containsOnlyKeys("a");
  }

  @Test
  void shouldForgetWhatIsNoLongerListed() {
    complete();
    list(ProxyResources.ROUTE);
    assertThat(resources.snapshot().routes()).isEmpty();
  }

  @Test
  void shouldKeepWhatItHasWhenTheNewOneIsRefused() {
    complete();
    Route before = resources.snapshot().routes().get("a");
    assertThat(store(ProxyResources.ROUTE, "a", Route.getDefaultInstance())).isPresent();
    assertThat(resources.snapshot().routes().get("a")).isSameAs(before);
    store(ProxyResources.ROUTE, "a", route("a"));
    assertThat(resources.snapshot().routes().get("a")).isSameAs(before);
  }

  @Test
  void shouldNotWaitForAResourceThatIsRefused() {
    complete();
    list(ProxyResources.ROUTE, "a", "bad");
    assertThat(resources.isComplete()).isFalse();
    store(ProxyResources.ROUTE, "bad", Route.getDefaultInstance());
    assertThat(resources.isComplete()).isTrue();
  }

  @Test
  void shouldGoOnWithTheListBeforeUntilANewOneIsWhole() {
    complete();
    part(0, "b");
    part(1, "c");
    store(ProxyResources.ROUTE, "b", route("b"));
    store(ProxyResources.ROUTE, "c", route("c"));
    assertThat(resources.snapshot().routes()).containsKey("a");
    ResourceList list = inParts(List.of("b"), List.of("c"));
    assertThat(inParts(list, ProxyResources.ROUTE)).isEmpty();
    assertThat(resources.snapshot().routes()).containsOnlyKeys("b", "c");

    ResourceList next = inParts(List.of("b"), List.of("d"));
    assertThat(inParts(next, ProxyResources.ROUTE)).contains("a part of the list is missing");
    assertThat(resources.isComplete()).isTrue();
    assertThat(resources.snapshot().routes()).containsOnlyKeys("b", "c");
    part(1, "d");
    assertThat(inParts(next, ProxyResources.ROUTE)).isEmpty();
    assertThat(resources.isComplete()).isFalse();
    store(ProxyResources.ROUTE, "d", route("d"));
    assertThat(resources.snapshot().routes()).containsOnlyKeys("b", "d");
  }

  @Test
  void shouldNotBeCompleteWithHalfAList() {
    config();
    list(ProxyResources.ENDPOINTS);
    part(0, "a");
    store(ProxyResources.ROUTE, "a", route("a"));
    assertThat(resources.isComplete()).isFalse();
    assertThat(inParts(inParts(List.of("a"), List.of("b")), ProxyResources.ROUTE)).isPresent();
    assertThat(resources.isComplete()).isFalse();
    assertThat(inParts(inParts(List.of("a")), ProxyResources.ROUTE)).isEmpty();
    assertThat(resources.isComplete()).isTrue();
  }

  private void part(int number, String... names) {
    ResourceList part = ResourceList.newBuilder().addAllNames(List.of(names)).build();
    assertThat(store(ProxyResources.LIST, ListParts.id("Route", number), part)).isEmpty();
  }

  @SafeVarargs
  private static ResourceList inParts(List<String>... parts) {
    ResourceList.Builder list = ResourceList.newBuilder();
    for (List<String> part : parts) {
      list.addParts(ListParts.digest(part));
    }
    return list.build();
  }

  private Optional<String> inParts(ResourceList list, ResourceType type) {
    return store(ProxyResources.LIST, ProxyResources.listId(type), list);
  }

  @Test
  void shouldSayWhetherThereIsSomethingElse() {
    complete();
    assertThat(takeChanged()).isTrue();
    assertThat(takeChanged()).isFalse();
    complete();
    assertThat(takeChanged()).as("told anew").isFalse();
    list(ProxyResources.ROUTE);
    assertThat(takeChanged()).isTrue();
    list(ProxyResources.ROUTE, "a");
    assertThat(takeChanged()).isTrue();
    store(ProxyResources.ROUTE, "a", Route.getDefaultInstance());
    assertThat(takeChanged()).isTrue();
    store(ProxyResources.ROUTE, "a", route("a"));
    assertThat(takeChanged()).isTrue();
  }

  @Test
  void shouldRefuseWhatItCannotRead() {
    for (String id : List.of("Route/", "Route/x", "Route/-1", "Route/99999999", "Route/1/2")) {
      assertThat(store(ProxyResources.LIST, id, ResourceList.getDefaultInstance()))
          .as(id)
          .isPresent();
    }
    assertThat(store(ProxyResources.ROUTE, "a", ResourceList.getDefaultInstance())).isPresent();
    assertThat(store(ProxyResources.LIST, "Nothing", ResourceList.getDefaultInstance()))
        .isPresent();
    ProxyConfig rootless =
        ProxyConfig.newBuilder().setTrustDomain("t").setDatacenter("d").addRootPems("x").build();
    assertThat(store(ProxyResources.CONFIG, ProxyResources.CONFIG_ID, rootless)).isPresent();
  }

  /** It would fail in the middle of taking over what is new, each time. */
  @Test
  void shouldRefuseARegistrationWithAnIllegalPort() {
    NodeService.Builder proxy = NodeService.newBuilder().setPort(21_000);
    assertThat(registered(proxy)).isEmpty();
    assertThat(registered(proxy.clone().setPort(-1))).contains("port is no port: -1");

    ConnectProxyConfig.Builder app = ConnectProxyConfig.newBuilder().setLocalServicePort(70_000);
    assertThat(registered(proxy.clone().setProxy(app)))
        .contains("local_service_port is no port: 70000");

    Upstream db = Upstream.newBuilder().setDestinationName("db").setLocalBindPort(65_536).build();
    assertThat(registered(proxy.clone().setProxy(ConnectProxyConfig.newBuilder().addUpstreams(db))))
        .contains("local_bind_port of db is no port: 65536");
  }

  private boolean takeChanged() {
    boolean isChanged = resources.isChanged();
    resources.handedOn();
    return isChanged;
  }

  private Optional<String> registered(NodeService.Builder proxy) {
    ProxyConfig config =
        ProxyConfig.newBuilder()
            .setTrustDomain("11111111-0000-0000-0000-000000000001.consul")
            .setDatacenter("dc1")
            .addRootPems(ROOT)
            .setRegistration(proxy)
            .build();
    return store(ProxyResources.CONFIG, ProxyResources.CONFIG_ID, config);
  }

  private void complete() {
    config();
    store(ProxyResources.ENDPOINTS, "db", Endpoints.newBuilder().setName("db").build());
    list(ProxyResources.ENDPOINTS, "db");
    store(ProxyResources.ROUTE, "a", route("a"));
    list(ProxyResources.ROUTE, "a");
    assertThat(resources.isComplete()).isTrue();
  }

  private void config() {
    ProxyConfig config =
        ProxyConfig.newBuilder()
            .setTrustDomain("11111111-0000-0000-0000-000000000001.consul")
            .setDatacenter("dc1")
            .addRootPems(ROOT)
            .build();
    assertThat(store(ProxyResources.CONFIG, ProxyResources.CONFIG_ID, config)).isEmpty();
    list(ProxyResources.CONFIG, ProxyResources.CONFIG_ID);
  }

  private void list(ResourceType type, String... names) {
    ResourceList list = ResourceList.newBuilder().addAllNames(List.of(names)).build();
    assertThat(store(ProxyResources.LIST, ProxyResources.listId(type), list)).isEmpty();
  }

  private Optional<String> store(ResourceType type, String id, Message content) {
    return resources.store(type, id, Any.pack(content));
  }

  private static Route route(String sni) {
    return Route.newBuilder().setSni(sni).setEndpoints("db").build();
  }
}
