package io.hanse.fsm.view;

import io.hanse.fsm.row.NodeService;
import java.util.Optional;

/** The kinds of services that mean something here; any other text is stored as it comes. */
public final class ServiceKinds {
  public static final String TYPICAL = "";
  public static final String CONNECT_PROXY = "connect-proxy";
  public static final String MESH_GATEWAY = "mesh-gateway";

  public static final String INGRESS_GATEWAY = "ingress-gateway";
  public static final String TERMINATING_GATEWAY = "terminating-gateway";

  private ServiceKinds() {}

  /**
   * The service that the mesh reaches through an instance: what a sidecar stands for, or the
   * instance's own where it is native; empty for others.
   */
  public static Optional<String> destinationOf(NodeService service) {
    String destination = service.getProxy().getDestinationServiceName();
    if (service.getKind().equals(CONNECT_PROXY) && !destination.isEmpty()) {
      return Optional.of(destination);
    }
    return service.getConnect().getNative() ? Optional.of(service.getService()) : Optional.empty();
  }
}
