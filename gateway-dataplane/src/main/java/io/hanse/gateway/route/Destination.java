package io.hanse.gateway.route;

import io.hanse.peering.proto.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An address with what connections to it have taught. It outlives the lists of endpoints that name
 * the address.
 */
public final class Destination {
  private static final int FAILURES_UNTIL_EJECTION = 5;
  private static final long EJECTION_NANOS = 30_000_000_000L;
  private static final long EJECTION_NANOS_MAX = 10 * EJECTION_NANOS;

  private final InetSocketAddress address;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private volatile int ejections;
  private volatile boolean ejected;
  private volatile long ejectedUntilNanos;

  Destination(Endpoint endpoint) {
    this.address = addressOf(endpoint.getAddress(), endpoint.getPort());
  }

  /** Unresolved where the endpoint is a host name. */
  public InetSocketAddress address() {
    return address;
  }

  /** How many connections use it. */
  public AtomicInteger open() {
    return open;
  }

  boolean isEjected(long nowNanos) {
    return ejected && nowNanos - ejectedUntilNanos < 0;
  }

  /** Answers true when it has failed often enough to be left out. */
  boolean failed() {
    return failuresInARow.incrementAndGet() >= FAILURES_UNTIL_EJECTION;
  }

  void succeeded() {
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
    ejected = false;
  }

  synchronized void eject(long nowNanos) {
    if (isEjected(nowNanos)) {
      return;
    }
    ejections++;
    ejectedUntilNanos = nowNanos + Math.min(EJECTION_NANOS * ejections, EJECTION_NANOS_MAX);
    failuresInARow.set(0);
    ejected = true;
  }

  private static InetSocketAddress addressOf(String host, int port) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
    if (literal == null) {
      return InetSocketAddress.createUnresolved(host, port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(literal), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + host, e);
    }
  }

  @Override
  public String toString() {
    return address.getHostString() + ":" + address.getPort();
  }
}
