package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import java.io.IOException;

/** One way to hurt a cluster for a while. It undoes itself. */
public interface Nemesis {
  /** Does harm. */
  void begin(Cluster cluster) throws IOException, InterruptedException;

  /**
   * Whether the harm is there, seen from outside. A fault that nobody felt proves nothing, and a
   * run with one is void.
   */
  boolean isFelt(Cluster cluster) throws IOException, InterruptedException;

  /** Undoes it; the cluster has leave to take its time. */
  void end(Cluster cluster) throws IOException, InterruptedException;
}
