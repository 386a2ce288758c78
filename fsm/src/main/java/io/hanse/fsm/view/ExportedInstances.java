package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.EnterpriseMeta;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringServiceMeta;
import io.hanse.fsm.row.ServiceConnect;
import java.util.List;
import java.util.Optional;

/**
 * How an instance looks to a peer. The one place in which a row of this cluster becomes a row for
 * another one. Source: peering protocol, sections 6.4 to 6.6.
 */
final class ExportedInstances {
  /** An address of this cluster's own, which means nothing to others. */
  private static final String VIRTUAL = "consul-virtual";

  private static final String PASSING = "passing";
  private static final String OVERALL = "overall-check";

  /** From the best to the worst; what is not here is worse still. */
  private static final List<String> STATUSES = List.of(PASSING, "warning", "critical");

  private final long restoredIndex;

  /**
   * Of one state.
   *
   * @param restoredIndex when an archive took its place last
   */
  ExportedInstances(long restoredIndex) {
    this.restoredIndex = restoredIndex;
  }

  /**
   * What all mesh instances of one service for one peer have in common.
   *
   * @param peer the name of the importing cluster here
   */
  record Mesh(String service, String peer, String trustDomain, String datacenter, String protocol) {
    PeeringServiceMeta meta() {
      return PeeringServiceMeta.newBuilder()
          .addSni(service + ".default.default." + peer + ".external." + trustDomain)
          .addSpiffeId(
              "spiffe://" + trustDomain + "/ns/default/dc/" + datacenter + "/svc/" + service)
          .addSpiffeId("spiffe://" + trustDomain + "/gateway/mesh/dc/" + datacenter)
          .setProtocol(protocol)
          .build();
    }
  }

  ExportedInstance plain(CheckServiceNode instance) {
    NodeService service =
        instance.getService().toBuilder()
            .clearConnect()
            .clearProxy()
            .clearRaftIndex()
            .clearPeerName()
            .removeTaggedAddresses(VIRTUAL)
            .setEnterpriseMeta(EnterpriseMeta.getDefaultInstance())
            .build();
    return together(instance, service);
  }

  /** A mesh gateway in the part of a service's sidecar: whoever dials it reaches the service. */
  ExportedInstance through(CheckServiceNode gateway, int number, Mesh mesh) {
    NodeService of = gateway.getService();
    String twin = mesh.service() + ExportResolver.SIDECAR_SUFFIX;
    NodeService.Builder service =
        NodeService.newBuilder()
            .setKind(ServiceKinds.CONNECT_PROXY)
            .setService(twin)
            .setId(twin + "-instance-" + number)
            .setEnterpriseMeta(EnterpriseMeta.getDefaultInstance())
            .setProxy(
                ConnectProxyConfig.newBuilder()
                    .setDestinationServiceName(mesh.service())
                    .setDestinationServiceId(mesh.service() + "-instance-" + number))
            .setAddress(of.getAddress())
            .setPort(of.getPort())
            .setSocketPath(of.getSocketPath())
            .putAllTaggedAddresses(of.getTaggedAddressesMap())
            .removeTaggedAddresses(VIRTUAL)
            .setConnect(ServiceConnect.newBuilder().setPeerMeta(mesh.meta()));
    if (of.hasWeights()) {
      service.setWeights(of.getWeights());
    }
    return together(gateway, service.build());
  }

  private static Node node(CheckServiceNode instance) {
    return instance.getNode().toBuilder().clearRaftIndex().clearPeerName().clearPartition().build();
  }

  private ExportedInstance together(CheckServiceNode origin, NodeService service) {
    Node node = node(origin);
    CheckServiceNode.Builder row = CheckServiceNode.newBuilder().setNode(node).setService(service);
    flattened(node, service, origin.getChecksList()).ifPresent(row::addChecks);
    long written =
        Math.max(
            origin.getNode().getRaftIndex().getModifyIndex(),
            origin.getService().getRaftIndex().getModifyIndex());
    return new ExportedInstance(row.build(), Math.max(written, restoredIndex));
  }

  /** All checks as one. Which of them failed is this cluster's own business. */
  static Optional<HealthCheck> flattened(Node node, NodeService service, List<HealthCheck> checks) {
    if (checks.isEmpty()) {
      return Optional.empty();
    }
    String id = service.getId().isEmpty() ? service.getService() : service.getId();
    return Optional.of(
        HealthCheck.newBuilder()
            .setCheckId(id + ":" + OVERALL)
            .setName(OVERALL)
            .setStatus(worst(checks))
            .setNode(node.getNode())
            .setServiceId(service.getId())
            .setServiceName(service.getService())
            .setEnterpriseMeta(EnterpriseMeta.getDefaultInstance())
            .build());
  }

  private static String worst(List<HealthCheck> checks) {
    String worst = PASSING;
    for (HealthCheck check : checks) {
      if (Maintenance.isCheck(check)) {
        return Maintenance.WORD;
      }
      if (badness(check.getStatus()) > badness(worst)) {
        worst = check.getStatus();
      }
    }
    return worst;
  }

  private static int badness(String status) {
    int known = STATUSES.indexOf(status);
    return known < 0 ? STATUSES.size() : known;
  }
}
