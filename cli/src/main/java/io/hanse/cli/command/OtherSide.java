package io.hanse.cli.command;

/**
 * How to ask the other cluster of a peering. A Consul has no word for most of it, and an address of
 * its own to be asked at.
 *
 * @param isConsul whether it speaks as one; one that is not connected may be either
 */
record OtherSide(boolean isConsul) {
  private static final String ITS_NAME = "<its name for this cluster>";

  /** About the peering. */
  String ask() {
    return isConsul
        ? "look there: consul peering read -name " + ITS_NAME
        : "ask there: hanse peering explain -name " + ITS_NAME;
  }

  /** About a service of it. */
  String ask(String service) {
    return isConsul
        ? "look there: consul peering exported-services -name "
            + ITS_NAME
            + ", consul intention match "
            + service
            + ", and /v1/health/connect/"
            + service
        : ask() + " -service " + service;
  }
}
