package io.hanse.conformance.replay;

import java.net.InetSocketAddress;
import java.util.Map;

/** A running agent of ours that a recording is replayed against. */
public interface Subject extends AutoCloseable {
  /** Starts agents. */
  @FunctionalInterface
  interface Factory {
    /** Starts one and waits until it has a leader, its authority and itself in the catalog. */
    Subject start(Recording.Agent agent, boolean isDev);
  }

  InetSocketAddress http();

  /** Its ports by their names in the configuration: http, grpc, grpc_tls, serf_lan, server… */
  Map<String, Integer> ports();

  @Override
  void close();
}
