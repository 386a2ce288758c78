package io.hanse.peering.replication;

import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.peering.protocol.PeerResources;
import java.util.List;

/**
 * A name under which a peer is sent a content.
 *
 * @param peer whose content it is: that of a twin, which names the peer; empty: all peers get the
 *     same
 */
record ExportedName(String name, String peer) {

  static ExportedName plain(String service) {
    return new ExportedName(service, "");
  }

  /** What the service is reached by through the mesh. */
  static ExportedName twin(String service, String peer) {
    return new ExportedName(twinOf(service), peer);
  }

  static String twinOf(String service) {
    return service + PeerResources.TWIN_SUFFIX;
  }

  List<ExportedInstance> content(ExportResolver resolver) {
    if (peer.isEmpty()) {
      return resolver.instances(name);
    }
    String service = name.substring(0, name.length() - PeerResources.TWIN_SUFFIX.length());
    return resolver.meshInstances(service, peer);
  }
}
