package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Mesh;
import io.hanse.fsm.row.MeshTlsDirection;
import java.util.List;

/** What the mesh entry may say. */
final class MeshRules {
  private static final String AUTO = "TLS_AUTO";
  private static final List<String> TLS_VERSIONS =
      List.of(AUTO, "TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3");

  private MeshRules() {}

  static void validate(ConfigEntry entry) {
    Findings meta = new Findings();
    MetaRules.lax(entry.getMetaMap(), meta);
    meta.throwIfAny();
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
    String min = tls.getTlsMinVersion();
    String max = tls.getTlsMaxVersion();
    requireKnown(min, where);
    requireKnown(max, where);
    if (isSet(min) && isSet(max) && TLS_VERSIONS.indexOf(max) < TLS_VERSIONS.indexOf(min)) {
      throw invalid(
          where
              + "configuring max version "
              + max
              + " less than the configured min version "
              + min
              + " is invalid");
    }
    if (tls.getCipherSuitesCount() > 0 && min.equals("TLSv1_3")) {
      throw invalid(
          where
              + "configuring CipherSuites is only applicable to connections negotiated with TLS"
              + " 1.2 or earlier, TLSMinVersion is set to TLSv1_3");
    }
  }

  private static boolean isSet(String version) {
    return !version.isEmpty() && !version.equals(AUTO);
  }

  private static void requireKnown(String version, String where) {
    if (!version.isEmpty() && !TLS_VERSIONS.contains(version)) {
      throw invalid(
          where
              + "no matching TLS version found for "
              + version
              + ", please specify one of "
              + TLS_VERSIONS);
    }
  }
}
