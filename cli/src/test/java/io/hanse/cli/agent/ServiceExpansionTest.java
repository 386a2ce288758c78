package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.row.Upstream;
import org.junit.jupiter.api.Test;

class ServiceExpansionTest {
  private static final ServiceDefinition WITH_SIDECAR =
      ServiceDefinition.newBuilder()
          .setName("front")
          .setPort(8000)
          .addTags("t")
          .putMeta("a", "b")
          .setConnect(
              ServiceConnect.newBuilder().setSidecarService(ServiceDefinition.getDefaultInstance()))
          .build();

  private static final SidecarPorts PORTS = new SidecarPorts(21_000, 21_255);

  @Test
  void shouldTakeTheNameAsTheIdAndWeighOne() {
    NodeService row = expand(ServiceDefinition.newBuilder().setName("web").build()).row(0);
    assertThat(row.getId()).isEqualTo("web");
    assertThat(row.getWeights().getPassing()).isEqualTo(1);
  }

  @Test
  void shouldBringASidecarThatInheritsFromItsParent() {
    Expanded expanded = expand(WITH_SIDECAR);
    NodeService sidecar = expanded.row(1);
    assertThat(sidecar.getId()).isEqualTo("front-sidecar-proxy");
    assertThat(sidecar.getKind()).isEqualTo("connect-proxy");
    assertThat(sidecar.getPort()).isEqualTo(21_000);
    assertThat(sidecar.getTagsList()).containsExactly("t");
    assertThat(sidecar.getMetaMap()).containsEntry("a", "b");
    assertThat(sidecar.getProxy().getLocalServicePort()).isEqualTo(8000);
    assertThat(sidecar.getProxy().getDestinationServiceId()).isEqualTo("front");
    assertThat(expanded.expansion().checks())
        .extracting(check -> check.getRow().getCheckId() + " " + check.getRow().getStatus())
        .containsExactly(
            "service:front-sidecar-proxy:1 critical", "service:front-sidecar-proxy:2 passing");
    assertThat(expanded.expansion().services().get(1).getParentId()).isEqualTo("front");
  }

  @Test
  void shouldLookWhetherASidecarListensAtAnAddressOfIpv6() {
    ServiceDefinition.Builder definition = WITH_SIDECAR.toBuilder();
    definition.getConnectBuilder().getSidecarServiceBuilder().setAddress("fd00::1");
    assertThat(expand(definition.build()).expansion().checks().get(0).getDefinition().getTcp())
        .isEqualTo("[fd00::1]:21000");
  }

  @Test
  void shouldKeepTheSidecarsPortAndGiveTheNextOneToAnother() {
    LocalRegistry registry = LocalRegistry.EMPTY;
    for (AgentService service : expand(WITH_SIDECAR).expansion().services()) {
      registry = registry.with(service);
    }
    ServiceDefinition other = WITH_SIDECAR.toBuilder().setName("back").build();
    assertThat(
            ServiceExpansion.of(WITH_SIDECAR, "n", registry, PORTS)
                .services()
                .get(1)
                .getRow()
                .getPort())
        .isEqualTo(21_000);
    assertThat(
            ServiceExpansion.of(other, "n", registry, PORTS).services().get(1).getRow().getPort())
        .isEqualTo(21_001);
  }

  @Test
  void shouldGiveNoPortOutsideTheConfiguredRange() {
    LocalRegistry registry = LocalRegistry.EMPTY;
    SidecarPorts one = new SidecarPorts(30_000, 30_000);
    for (AgentService service : ServiceExpansion.of(WITH_SIDECAR, "n", registry, one).services()) {
      registry = registry.with(service);
    }
    assertThat(registry.services().get("front-sidecar-proxy").getRow().getPort()).isEqualTo(30_000);
    LocalRegistry full = registry;
    ServiceDefinition other = WITH_SIDECAR.toBuilder().setName("back").build();
    assertThatThrownBy(() -> ServiceExpansion.of(other, "n", full, one))
        .hasMessageEndingWith("none left in the configured range [30000, 30000]");
    assertThatThrownBy(() -> ServiceExpansion.of(other, "n", full, new SidecarPorts(0, 0)))
        .hasMessageEndingWith("and auto-assignment disabled in config");
  }

  @Test
  void shouldNumberChecksOnlyWhereThereAreSeveral() {
    Duration second = Duration.newBuilder().setSeconds(1).build();
    CheckType ttl = CheckType.newBuilder().setTtl(second).build();
    ServiceDefinition one = ServiceDefinition.newBuilder().setName("web").setCheck(ttl).build();
    assertThat(expand(one).expansion().checks().get(0).getRow().getCheckId())
        .isEqualTo("service:web");
    assertThat(expand(one.toBuilder().addChecks(ttl).build()).expansion().checks())
        .extracting(AgentCheck::getRow)
        .extracting(row -> row.getCheckId())
        .containsExactly("service:web:1", "service:web:2");
  }

  @Test
  void shouldNameAddressesByFamily() {
    NodeService row =
        expand(ServiceDefinition.newBuilder().setName("a").setAddress("10.0.0.1").build()).row(0);
    assertThat(row.getTaggedAddressesMap()).containsOnlyKeys("lan_ipv4", "wan_ipv4");
    NodeService named =
        expand(ServiceDefinition.newBuilder().setName("a").setAddress("host.example").build())
            .row(0);
    assertThat(named.getTaggedAddressesMap()).isEmpty();
  }

  @Test
  void shouldRefuseBadRegistrationsInConsulsWords() {
    refuses(ServiceDefinition.newBuilder(), "Missing service name");
    refuses(
        ServiceDefinition.newBuilder().setName("x").setAddress("[::]"), "Invalid service address");
    refuses(
        ServiceDefinition.newBuilder().setName("x").putMeta("a b", "c"),
        "Invalid Service Meta: Couldn't load metadata pair ('a b', 'c'): Key contains invalid"
            + " characters");
    refuses(
        ServiceDefinition.newBuilder().setName("x").setKind("mesh-gateway"),
        "Validation failed: 1 error occurred:\n\t* Port must be non-zero for a mesh-gateway\n\n");
    refuses(
        ServiceDefinition.newBuilder()
            .setName("x")
            .setPort(1)
            .setKind("connect-proxy")
            .setProxy(
                ConnectProxyConfig.newBuilder()
                    .setDestinationServiceName("web")
                    .addUpstreams(upstream())
                    .addUpstreams(upstream())),
        "Validation failed: 1 error occurred:\n\t* upstreams cannot contain duplicates of"
            + " [type=\"service\", name=\"a\", partition=\"\", namespace=\"\", peer=\"\","
            + " datacenter=\"\"]\n\n");
    refuses(
        WITH_SIDECAR.toBuilder()
            .setConnect(
                ServiceConnect.newBuilder()
                    .setSidecarService(ServiceDefinition.newBuilder().setId("q"))),
        "Validation failed: 1 error occurred:\n\t* A SidecarService cannot specify an ID as this is"
            + " managed by the agent\n\n");
  }

  private static Upstream upstream() {
    return Upstream.newBuilder().setDestinationName("a").setLocalBindPort(1).build();
  }

  private static void refuses(ServiceDefinition.Builder definition, String text) {
    assertThatThrownBy(() -> expand(definition.build()))
        .isInstanceOf(ProblemException.class)
        .hasMessage(text);
  }

  private record Expanded(ServiceExpansion expansion) {
    NodeService row(int i) {
      return expansion.services().get(i).getRow();
    }
  }

  private static Expanded expand(ServiceDefinition definition) {
    ServiceRules.check(definition);
    ServiceExpansion expansion = ServiceExpansion.of(definition, "n", LocalRegistry.EMPTY, PORTS);
    ServiceRules.check(expansion);
    return new Expanded(expansion);
  }
}
