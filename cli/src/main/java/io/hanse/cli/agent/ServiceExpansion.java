package io.hanse.cli.agent;

import com.google.protobuf.Duration;
import io.hanse.cli.agent.check.CheckRows;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.Weights;
import io.hanse.fsm.view.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one registration comes to: the service, its sidecar where it brings one, and the checks of
 * both. Source: Consul's API, B.7.1 and B.7.2.
 */
record ServiceExpansion(List<AgentService> services, List<AgentCheck> checks) {
  private static final Duration SIDECAR_INTERVAL = Duration.newBuilder().setSeconds(10).build();

  static ServiceExpansion of(
      ServiceDefinition asked, String node, LocalRegistry present, SidecarPorts ports) {
    ServiceDefinition definition = withDefaults(asked);
    NodeService row = row(definition);
    List<AgentService> services = new ArrayList<>();
    services.add(AgentService.newBuilder().setDefinition(definition).setRow(row).build());
    List<AgentCheck> checks =
        new ArrayList<>(CheckRows.ofService(node, row, checkDefinitions(definition)));
    if (definition.getConnect().hasSidecarService()) {
      ServiceDefinition sidecar = withDefaults(sidecar(definition, present, ports));
      NodeService sidecarRow = row(sidecar).toBuilder().setLocallyRegisteredAsSidecar(true).build();
      services.add(
          AgentService.newBuilder()
              .setDefinition(sidecar)
              .setRow(sidecarRow)
              .setParentId(definition.getId())
              .build());
      checks.addAll(CheckRows.ofService(node, sidecarRow, checkDefinitions(sidecar)));
    }
    return new ServiceExpansion(List.copyOf(services), List.copyOf(checks));
  }

  static List<CheckType> checkDefinitions(ServiceDefinition definition) {
    List<CheckType> checks = new ArrayList<>(definition.getChecksList());
    if (definition.hasCheck() && !definition.getCheck().equals(CheckType.getDefaultInstance())) {
      checks.add(definition.getCheck());
    }
    return checks;
  }

  private static ServiceDefinition withDefaults(ServiceDefinition asked) {
    ServiceDefinition.Builder definition = asked.toBuilder();
    if (asked.getId().isEmpty()) {
      definition.setId(asked.getName());
    }
    if (!asked.hasWeights()) {
      definition.setWeights(Weights.newBuilder().setPassing(1).setWarning(1));
    }
    if (!asked.getAddress().isEmpty()) {
      tagFamily(definition, asked.getAddress(), asked.getPort());
    }
    if (asked.hasProxy()) {
      ConnectProxyConfig.Builder proxy = definition.getProxyBuilder();
      for (Upstream.Builder upstream : proxy.getUpstreamsBuilderList()) {
        if (upstream.getDestinationType().isEmpty()) {
          upstream.setDestinationType("service");
        }
      }
    }
    return definition.build();
  }

  /** An address that is an IP is also given by family, as DNS asks for it. */
  private static void tagFamily(ServiceDefinition.Builder definition, String address, int port) {
    String family = address.contains(":") ? "_ipv6" : "_ipv4";
    if (family.equals("_ipv4") && !address.matches("[0-9]+(\\.[0-9]+){3}")) {
      return;
    }
    ServiceAddress own = ServiceAddress.newBuilder().setAddress(address).setPort(port).build();
    for (String side : new String[] {"lan", "wan"}) {
      if (!definition.containsTaggedAddresses(side + family)) {
        definition.putTaggedAddresses(side + family, own);
      }
    }
  }

  private static NodeService row(ServiceDefinition definition) {
    NodeService.Builder row =
        NodeService.newBuilder()
            .setKind(definition.getKind())
            .setId(definition.getId())
            .setService(definition.getName())
            .addAllTags(definition.getTagsList())
            .setAddress(definition.getAddress())
            .putAllTaggedAddresses(definition.getTaggedAddressesMap())
            .putAllMeta(definition.getMetaMap())
            .setPort(definition.getPort())
            .setSocketPath(definition.getSocketPath())
            .setWeights(definition.getWeights())
            .setEnableTagOverride(definition.getEnableTagOverride());
    if (definition.hasProxy()) {
      row.setProxy(definition.getProxy());
    }
    if (definition.getConnect().getNative()) {
      row.setConnect(ServiceConnect.newBuilder().setNative(true));
    }
    if (definition.hasLocality()) {
      row.setLocality(definition.getLocality());
    }
    return row.build();
  }

  private static ServiceDefinition sidecar(
      ServiceDefinition parent, LocalRegistry present, SidecarPorts ports) {
    ServiceDefinition asked = parent.getConnect().getSidecarService();
    ServiceDefinition.Builder sidecar = asked.toBuilder();
    String id = parent.getId() + "-sidecar-proxy";
    sidecar.setId(id).setKind("connect-proxy");
    if (asked.getName().isEmpty()) {
      sidecar.setName(parent.getName() + "-sidecar-proxy");
    }
    if (asked.getAddress().isEmpty()) {
      sidecar.setAddress(parent.getAddress());
    }
    if (asked.getTagsCount() == 0) {
      sidecar.addAllTags(parent.getTagsList());
    }
    if (asked.getMetaCount() == 0) {
      sidecar.putAllMeta(parent.getMetaMap());
    }
    if (!asked.hasWeights() && parent.hasWeights()) {
      sidecar.setWeights(parent.getWeights());
    }
    if (!asked.hasLocality() && parent.hasLocality()) {
      sidecar.setLocality(parent.getLocality());
    }
    ConnectProxyConfig.Builder proxy = sidecar.getProxyBuilder();
    if (proxy.getDestinationServiceName().isEmpty()) {
      proxy.setDestinationServiceName(parent.getName());
    }
    if (proxy.getDestinationServiceId().isEmpty()) {
      proxy.setDestinationServiceId(parent.getId());
    }
    if (!parent.getSocketPath().isEmpty()) {
      proxy.setLocalServiceSocketPath(parent.getSocketPath());
    } else {
      if (proxy.getLocalServiceAddress().isEmpty()) {
        proxy.setLocalServiceAddress("127.0.0.1");
      }
      if (proxy.getLocalServicePort() == 0) {
        proxy.setLocalServicePort(parent.getPort());
      }
    }
    if (asked.getPort() == 0 && asked.getSocketPath().isEmpty()) {
      sidecar.setPort(port(id, present, ports));
    }
    if (checkDefinitions(asked).isEmpty()) {
      String host = sidecar.getAddress().isEmpty() ? "127.0.0.1" : sidecar.getAddress();
      sidecar
          .addChecks(
              CheckType.newBuilder()
                  .setName("Connect Sidecar Listening")
                  .setTcp(HostPort.joined(host, sidecar.getPort()))
                  .setInterval(SIDECAR_INTERVAL))
          .addChecks(
              CheckType.newBuilder()
                  .setName("Connect Sidecar Aliasing " + parent.getId())
                  .setAliasService(parent.getId()));
    }
    return sidecar.build();
  }

  /** The one it has, or the lowest that no service of this agent has. */
  private static int port(String sidecarId, LocalRegistry present, SidecarPorts ports) {
    AgentService old = present.services().get(sidecarId);
    if (old != null && old.getRow().getPort() != 0) {
      return old.getRow().getPort();
    }
    Set<Integer> used =
        present.services().values().stream()
            .map(service -> service.getRow().getPort())
            .collect(Collectors.toSet());
    if (!ports.areGiven()) {
      throw Problems.invalid(
          "Invalid SidecarService: no port provided for sidecar_service and auto-assignment disabled"
              + " in config");
    }
    for (int port = ports.min(); port <= ports.max(); port++) {
      if (!used.contains(port)) {
        return port;
      }
    }
    throw Problems.invalid(
        "Invalid SidecarService: no port provided for sidecar_service and none left in the"
            + " configured range ["
            + ports.min()
            + ", "
            + ports.max()
            + "]");
  }
}
