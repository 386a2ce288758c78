package io.hanse.peering.dataplane;

/** Names under which services are asked for in TLS. Source: mesh data plane, section 2. */
final class MeshNames {
  private MeshNames() {}

  /** A service of this cluster. */
  static String internal(String service, String datacenter, String trustDomain) {
    return service + ".default." + datacenter + ".internal." + trustDomain;
  }

  /** A service of this cluster, as a peer asks for it; {@code peer} is our name for the peer. */
  static String external(String service, String peer, String trustDomain) {
    return service + ".default.default." + peer + ".external." + trustDomain;
  }

  static String spiffeId(String service, String datacenter, String trustDomain) {
    return "spiffe://" + trustDomain + "/ns/default/dc/" + datacenter + "/svc/" + service;
  }
}
