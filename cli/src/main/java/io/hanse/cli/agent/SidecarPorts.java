package io.hanse.cli.agent;

/**
 * The ports that sidecars get which name none.
 *
 * @param min below 1: none is given
 */
record SidecarPorts(int min, int max) {
  boolean areGiven() {
    return min > 0 && max > 0;
  }
}
