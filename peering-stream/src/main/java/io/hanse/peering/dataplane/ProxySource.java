package io.hanse.peering.dataplane;

/** Keeps a set of resources as the state says. Used on its loop only. */
interface ProxySource extends AutoCloseable {
  void start();

  @Override
  void close();
}
