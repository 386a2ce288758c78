package io.hanse.fsm.view;

import io.hanse.fsm.row.HealthCheck;

/**
 * The names of the checks that take a node, or a service on it, out of use. Source: Consul's API,
 * B.5.2.
 */
public final class Maintenance {
  /** The type of such a check, and the status that a peer is told of an instance that has one. */
  public static final String WORD = "maintenance";

  private static final String NODE = "_node_maintenance";
  private static final String SERVICE = "_service_maintenance:";

  private Maintenance() {}

  /** The check of a service, or of the node for "". */
  public static String checkId(String serviceId) {
    return serviceId.isEmpty() ? NODE : SERVICE + serviceId;
  }

  /** Whether it is such a check, whatever it says. */
  public static boolean isCheck(HealthCheck check) {
    return check.getCheckId().equals(NODE) || check.getCheckId().startsWith(SERVICE);
  }
}
