package io.hanse.peering.dataplane;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.MeshGatewayConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.UpstreamSettings;
import io.hanse.fsm.view.ConfigEntries;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which mode of mesh gateways holds for an upstream. Source: mesh data plane, section 4. */
final class GatewayModes {
  static final String LOCAL = "local";
  static final String REMOTE = "remote";

  private final NodeService sidecar;
  private final Optional<ServiceDefaults> own;
  private final String lowest;

  GatewayModes(NodeService sidecar, ConfigEntries entries) {
    this.sidecar = sidecar;
    this.own =
        entries
            .entry("service-defaults", sidecar.getProxy().getDestinationServiceName())
            .map(ConfigEntry::getServiceDefaults);
    this.lowest =
        entries
            .entry("proxy-defaults", "global")
            .map(entry -> entry.getProxyDefaults().getMeshGateway().getMode())
            .orElse("");
  }

  /** For an upstream in a peer: the most specific setting, where "none" makes no sense. */
  String forPeer(Upstream upstream) {
    String mode =
        Stream.of(
                mode(upstream.getMeshGateway()),
                overridden(upstream),
                mode(sidecar.getProxy().getMeshGateway()),
                own.map(all -> mode(all.getUpstreamConfig().getDefaults().getMeshGateway()))
                    .orElse(""),
                own.map(all -> mode(all.getMeshGateway())).orElse(""),
                lowest)
            .filter(each -> !each.isEmpty())
            .findFirst()
            .orElse(REMOTE);
    return mode.equals(LOCAL) ? LOCAL : REMOTE;
  }

  private String overridden(Upstream upstream) {
    List<UpstreamSettings> overrides =
        own.map(all -> all.getUpstreamConfig().getOverridesList()).orElse(List.of());
    for (UpstreamSettings settings : overrides) {
      if (settings.getName().equals(upstream.getDestinationName())
          && settings.getPeer().equals(upstream.getDestinationPeer())) {
        return mode(settings.getMeshGateway());
      }
    }
    return "";
  }

  private static String mode(MeshGatewayConfig config) {
    return config.getMode();
  }
}
