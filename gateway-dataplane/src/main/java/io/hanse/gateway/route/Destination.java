package io.hanse.gateway.route;

import io.hanse.fsm.view.HostPort;
import io.hanse.peering.proto.Endpoint;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An address with what connections to it have taught. It outlives the lists of endpoints that name
 * the address.
 *
 * <p>One that has failed too often is ejected: for a second at first, for twice as long each time
 * it fails again soon, and never for more than half a minute. After that a single connection tries
 * it, while all others still pass it by: one that was restarted is back at once, and one that is
 * dead costs one caller in half a minute an attempt.
 */
public final class Destination {
  private static final int FAILURES_UNTIL_EJECTION = 5;
  private static final long EJECTION_NANOS = 1_000_000_000L;
  private static final long EJECTION_NANOS_MAX = 30 * EJECTION_NANOS;
  private static final int DOUBLINGS_MAX = 5;

  /** By then a trial has ended, or whoever tried is gone, and nothing is known of it. */
  private static final long TRIAL_NANOS_MAX = 10 * EJECTION_NANOS;

  private final InetSocketAddress address;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /** How many times the next ejection is twice as long; what was ejected lately counts. */
  private int doublings;

  private volatile boolean ejected;
  private boolean onTrial;
  private long nextTrialNanos;
  private long backSinceNanos;

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

  boolean isEjected() {
    return ejected;
  }

  /** Whether a connection may go there; of one that is ejected, whether it is the one to try it. */
  boolean admits(long nowNanos) {
    return !ejected || isToBeTried(nowNanos);
  }

  private synchronized boolean isToBeTried(long nowNanos) {
    if (ejected && nowNanos - nextTrialNanos < 0) {
      return false;
    }
    beginTrial(nowNanos);
    return true;
  }

  /** A connection goes there all the same, as there is no other. */
  synchronized void beginTrial(long nowNanos) {
    if (ejected) {
      onTrial = true;
      nextTrialNanos = nowNanos + TRIAL_NANOS_MAX;
    }
  }

  /** Answers true when it has failed often enough to be left out, or failed its trial. */
  synchronized boolean failed() {
    // Of one that is ejected, the others are calls from before.
    return ejected ? onTrial : failuresInARow.incrementAndGet() >= FAILURES_UNTIL_EJECTION;
  }

  /**
   * It takes connections: on trial it has passed. If all it does is to take them, its next failure
   * is one too many.
   */
  void connected(long nowNanos) {
    if (ejected) {
      passTrial(nowNanos);
    }
  }

  private synchronized void passTrial(long nowNanos) {
    if (onTrial) {
      readmit(nowNanos);
      failuresInARow.set(FAILURES_UNTIL_EJECTION - 1);
    }
  }

  void succeeded(long nowNanos) {
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
    if (ejected) {
      readmit(nowNanos);
    }
  }

  /** Whatever it did, there is reason to believe that it is well now. */
  synchronized void readmit(long nowNanos) {
    failuresInARow.set(0);
    if (ejected) {
      ejected = false;
      onTrial = false;
      backSinceNanos = nowNanos;
    }
  }

  /** Answers false if somebody else has just done so. */
  synchronized boolean eject(long nowNanos) {
    if (ejected && !onTrial) {
      return false;
    }
    if (!ejected) {
      forgive(nowNanos - backSinceNanos);
    }
    nextTrialNanos = nowNanos + ejectionNanos(doublings);
    doublings = Math.min(doublings + 1, DOUBLINGS_MAX);
    failuresInARow.set(0);
    onTrial = false;
    ejected = true;
    return true;
  }

  /** An ejection is forgotten when it was well for as long as that had lasted. */
  private void forgive(long wellNanos) {
    long left = wellNanos;
    while (doublings > 0 && left >= ejectionNanos(doublings - 1)) {
      doublings--;
      left -= ejectionNanos(doublings);
    }
  }

  private static long ejectionNanos(int doublings) {
    return Math.min(EJECTION_NANOS << doublings, EJECTION_NANOS_MAX);
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
    return HostPort.joined(address.getHostString(), address.getPort());
  }
}
