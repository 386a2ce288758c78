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
