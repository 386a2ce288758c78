package io.hanse.peering.dataplane;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.Weights;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import java.util.List;
import java.util.Optional;

/**
 * Instances as addresses to dial. All are mapped, the unhealthy too: who chooses must know that
 * there are some. Source: mesh data plane, sections 4.4 and 8.
 */
final class EndpointMapper {
  private static final String PASSING = "passing";
  private static final String WARNING = "warning";
  private static final int PORT_MAX = 65_535;

  /** RFC 1035, section 2.3.4. */
  private static final int HOST_LENGTH_MAX = 255;

  private static final String WAN = "wan";
  private static final int WEIGHT_MAX = 128;

  private EndpointMapper() {}

  /** By the addresses that this cluster uses. */
  static Endpoints lan(String name, List<CheckServiceNode> instances) {
    Endpoints.Builder endpoints = Endpoints.newBuilder().setName(name);
    for (CheckServiceNode instance : instances) {
      NodeService service = instance.getService();
      String host =
          service.getAddress().isEmpty() ? instance.getNode().getAddress() : service.getAddress();
      add(endpoints, instance, host, service.getPort());
    }
    return endpoints.build();
  }

  /** By the addresses that other clusters use. */
  static Endpoints wan(String name, List<CheckServiceNode> instances) {
    Endpoints.Builder endpoints = Endpoints.newBuilder().setName(name);
    for (CheckServiceNode instance : instances) {
      NodeService service = instance.getService();
      ServiceAddress tagged =
          service.getTaggedAddressesOrDefault(WAN, ServiceAddress.getDefaultInstance());
      int port = tagged.getPort() != 0 ? tagged.getPort() : service.getPort();
      add(endpoints, instance, wanHost(tagged, service, instance.getNode()), port);
    }
    return endpoints.build();
  }

  private static String wanHost(ServiceAddress tagged, NodeService service, Node node) {
    if (!tagged.getAddress().isEmpty()) {
      return tagged.getAddress();
    }
    return service.getAddress().isEmpty()
        ? node.getTaggedAddressesOrDefault(WAN, node.getAddress())
        : service.getAddress();
  }

  /** A server of this cluster by the port on which it awaits other clusters, if it does. */
  static Optional<Endpoint> server(CheckServiceNode server) {
    String port = server.getService().getMetaOrDefault("grpc_tls_port", "");
    Endpoints.Builder found = Endpoints.newBuilder();
    try {
      add(found, server, server.getNode().getAddress(), Integer.parseInt(port));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return found.getEndpointsList().stream().findFirst();
  }

  /** What has no legal address can't be dialed and is left out: a proxy would refuse all for it. */
  private static void add(
      Endpoints.Builder endpoints, CheckServiceNode instance, String host, int port) {
    if (host.isEmpty() || host.length() > HOST_LENGTH_MAX || port <= 0 || port > PORT_MAX) {
      return;
    }
    int weight = weight(instance);
    endpoints.addEndpoints(
        Endpoint.newBuilder()
            .setAddress(host)
            .setPort(port)
            .setHealthy(weight > 0)
            .setWeight(weight)
            .setNode(instance.getNode().getNode())
            .setServiceId(instance.getService().getId()));
  }

  static boolean isHealthy(CheckServiceNode instance) {
    return weight(instance) > 0;
  }

  /** 0 for what must not be dialed. */
  private static int weight(CheckServiceNode instance) {
    boolean warns = false;
    for (HealthCheck check : instance.getChecksList()) {
      warns |= check.getStatus().equals(WARNING);
      if (!check.getStatus().equals(WARNING) && !check.getStatus().equals(PASSING)) {
        return 0;
      }
    }
    NodeService service = instance.getService();
    if (!service.hasWeights()) {
      return 1;
    }
    Weights weights = service.getWeights();
    int weight = warns ? weights.getWarning() : weights.getPassing();
    return Math.max(0, Math.min(weight, WEIGHT_MAX));
  }
}
