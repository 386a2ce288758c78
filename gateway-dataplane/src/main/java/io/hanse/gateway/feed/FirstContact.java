package io.hanse.gateway.feed;

import io.hanse.fsm.row.NodeService;
import java.io.IOException;
import java.util.List;

/**
 * Finds the servers, before there is anything to trust them by: over the HTTP API of the local
 * agent. Asked at the start, and again when none of the servers known can be reached.
 */
@FunctionalInterface
public interface FirstContact {
  /**
   * What a proxy needs to open its stream.
   *
   * @param node the node that it is registered on
   * @param registration its own
   * @param rootPems this cluster's own roots
   * @param servers host and port of the servers' gRPC over TLS
   */
  record Found(
      String node,
      NodeService registration,
      String trustDomain,
      String datacenter,
      List<String> rootPems,
      List<String> servers) {

    /** What the servers' certificate is for. */
    String serverIdentity() {
      return "server." + datacenter + ".peering." + trustDomain;
    }

    /** What proxies ask servers for; by another name servers take them for peers. */
    String serverName() {
      return "server." + datacenter + ".consul";
    }
  }

  /** May block for some seconds; fails if nothing can be found now. */
  Found find() throws IOException, InterruptedException;
}
