package io.hanse.gateway.relay;

import io.hanse.gateway.route.Target;

/**
 * What it means that the other end closes a connection in the middle of a handshake. A gateway says
 * in TLS nothing of what it thinks of a name, and a sidecar nothing at all.
 */
final class HangUp {
  private static final String WHAT =
      "the other end closed the connection before the handshake was done";

  private HangUp() {}

  /** For who called, with the command that tells more. */
  static String meaning(Target target) {
    if (target.peer().isEmpty()) {
      return WHAT + "; see its log";
    }
    return WHAT
        + ", as a gateway does that has no route for the name (not exported to this cluster) or no"
        + " instance that passes its checks; see its log, or, at both clusters: "
        + explain(target);
  }

  /** What it means that nothing came yet by which an upstream could be dialed. */
  static String nobodyKnown(Target target) {
    String what = "nobody is known who answers for this upstream";
    return target.peer().isEmpty()
        ? what + ": it has no sidecar here"
        : what
            + ": not exported to this cluster, or without a sidecar or a gateway there; at both"
            + " clusters: "
            + explain(target);
  }

  private static String explain(Target target) {
    return "hanse peering explain -name "
        + target.peer()
        + " -service "
        + target.service().replace('"', '\'');
  }
}
