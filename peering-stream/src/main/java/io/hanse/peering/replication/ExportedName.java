package io.hanse.peering.replication;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.peering.protocol.PeerResources;
import java.util.List;
import java.util.function.Function;

/**
 * A name under which a peer is sent a content, and the question whose answer that is.
 *
 * @param peer whose content it is; empty: all peers get the same
 */
record ExportedName(
    String name, String peer, Function<ExportResolver, List<CheckServiceNode>> question) {

  static ExportedName plain(String service) {
    return new ExportedName(service, "", resolver -> resolver.instances(service));
  }

  /** What the service is reached by through the mesh, which names the peer. */
  static ExportedName twin(String service, String peer) {
    return new ExportedName(
        twinOf(service), peer, resolver -> resolver.meshInstances(service, peer));
  }

  static String twinOf(String service) {
    return service + PeerResources.TWIN_SUFFIX;
  }
}
