package io.hanse.peering.replication;

/** Makes loops. */
@FunctionalInterface
public interface Loops {
  Loop newLoop();
}
