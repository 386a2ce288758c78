package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Mesh;
import io.hanse.fsm.row.MeshTlsDirection;

/** What the mesh entry may say. */
final class MeshRules {
  private MeshRules() {}

  static void validate(ConfigEntry entry) {
    MetaRules.requireLax(entry.getMetaMap());
    Mesh mesh = entry.getMesh();
    if (mesh.hasTls()) {
      validate(mesh.getTls().getIncoming(), "incoming");
      validate(mesh.getTls().getOutgoing(), "outgoing");
    }
    // A token made meanwhile would carry addresses at which nobody answers.
    if (mesh.getPeering().getPeerThroughMeshGateways()) {
      throw invalid(
          "Peering.PeerThroughMeshGateways is not supported yet: peering tokens would carry"
              + " addresses of mesh gateways that do not relay the peering stream; leave it false"
              + " and make ports.grpc_tls of the servers reachable");
    }
  }

  private static void validate(MeshTlsDirection tls, String direction) {
    String where = "error in " + direction + " TLS configuration: ";
    TlsRules.flaw(tls.getTlsMinVersion(), tls.getTlsMaxVersion(), tls.getCipherSuitesList())
        .ifPresent(
            text -> {
              throw invalid(where + text);
            });
  }
}
