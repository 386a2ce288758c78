package io.hanse.peering.dataplane;

import io.hanse.fsm.view.Keys;

/** Names under which services are asked for in TLS. Source: mesh data plane, section 2. */
final class MeshNames {
  /** RFC 6066, section 3: a host name. */
  private static final int SNI_LENGTH_MAX = 255;

  private MeshNames() {}

  /** A service of this cluster. */
  static String internal(String service, String datacenter, String trustDomain) {
    return service + ".default." + datacenter + ".internal." + trustDomain;
  }

  /** A service of this cluster, as a peer asks for it; {@code peer} is our name for the peer. */
  static String external(String service, String peer, String trustDomain) {
    return service + ".default.default." + peer + ".external." + trustDomain;
  }

  /** Whether it is a name by which services of a trust domain are asked for from outside. */
  static boolean isOf(String sni, String trustDomain) {
    String end = ".external." + Keys.fold(trustDomain);
    return sni.length() > end.length()
        && sni.length() <= SNI_LENGTH_MAX
        && Keys.fold(sni).endsWith(end);
  }

  static String spiffeId(String service, String datacenter, String trustDomain) {
    return "spiffe://" + trustDomain + "/ns/default/dc/" + datacenter + "/svc/" + service;
  }
}
