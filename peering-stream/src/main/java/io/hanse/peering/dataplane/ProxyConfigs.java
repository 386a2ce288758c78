package io.hanse.peering.dataplane;

import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyOpen;
import java.util.Optional;

/** What a proxy is told of itself and its cluster. */
final class ProxyConfigs {
  private ProxyConfigs() {}

  /** Empty until the cluster has an identity and the proxy is registered. */
  static Optional<ProxyConfig> of(Rows rows, ProxyOpen open) {
    Ca ca = new Ca(rows);
    Catalog catalog = new Catalog(rows);
    Optional<ClusterIdentity> cluster = ca.cluster();
    Optional<String> trustDomain = ca.trustDomain();
    Optional<NodeService> registration = catalog.service("", open.getNode(), open.getProxyId());
    if (cluster.isEmpty() || trustDomain.isEmpty() || registration.isEmpty()) {
      return Optional.empty();
    }
    String service = registration.get().getProxy().getDestinationServiceName();
    ProxyConfig.Builder config =
        ProxyConfig.newBuilder()
            .setClusterId(cluster.get().getId())
            .setTrustDomain(trustDomain.get())
            .setDatacenter(cluster.get().getDatacenter())
            .setRegistration(registration.get().toBuilder().clearRaftIndex())
            .setNodeAddress(catalog.node("", open.getNode()).map(Node::getAddress).orElse(""))
            .setSigningKeyId(ca.activeRoot().map(CaRoot::getSigningKeyId).orElse(""));
    for (CaRoot root : ca.roots()) {
      config.addRootPems(root.getRootCert());
    }
    if (!service.isEmpty()) {
      config.setProtocol(new ConfigEntries(rows).protocolOf(service));
    }
    return Optional.of(config.build());
  }
}
