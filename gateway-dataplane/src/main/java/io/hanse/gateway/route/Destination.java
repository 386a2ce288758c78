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
 * it, while all others still pass it by, taking no lock. Once something has come back over that one
 * all may go there. Until then a connection alone says little, as a sidecar takes it for an
 * application that is dead: others follow one at a time, and all once a second has passed in which
 * none of them failed, for there are those who answer late or never. So one that was restarted is
 * back at once, and one that is dead costs one caller in half a minute an attempt.
 */
public final class Destination {
  /** How far one that is ejected has come on the way back. */
  private enum Trial {
    NONE,

    /** Somebody tries it. */
    BEGUN,

    /** It took a connection, of which nothing more is known. */
    HELD
  }

  private static final int FAILURES_UNTIL_EJECTION = 5;
  private static final long EJECTION_NANOS = 1_000_000_000L;
  private static final long EJECTION_NANOS_MAX = 30 * EJECTION_NANOS;
  private static final int DOUBLINGS_MAX = 5;

  /** By then a trial has ended, or whoever tried is gone, and nothing is known of it. */
  private static final long TRIAL_NANOS_MAX = 10 * EJECTION_NANOS;

  /**
   * From a trial that was connected to the next, at least: by then most have failed or answered.
   */
  private static final long STEP_NANOS = EJECTION_NANOS / 10;

  /** Who has held its connections for so long is believed. */
  private static final long HOLDING_NANOS = EJECTION_NANOS;

  private final InetSocketAddress address;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger failuresInARow = new AtomicInteger();

  /** How many times the next ejection is twice as long; what was ejected lately counts. */
  private int doublings;

  private volatile boolean ejected;
  private volatile long nextTrialNanos;

  private Trial trial = Trial.NONE;
  private long trialBeganNanos;
  private long heldSinceNanos;
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
    return !ejected || (nanosToTrial(nowNanos) <= 0 && isToBeTried(nowNanos));
  }

  /** Until one that is ejected is to be tried; not above 0 where it is due. */
  long nanosToTrial(long nowNanos) {
    return nextTrialNanos - nowNanos;
  }

  private synchronized boolean isToBeTried(long nowNanos) {
    if (ejected && nanosToTrial(nowNanos) > 0) {
      return false;
    }
    if (trial == Trial.HELD && nowNanos - heldSinceNanos >= HOLDING_NANOS) {
      readmit(nowNanos);
      // If all it does is to take connections, its next failure is one too many.
      failuresInARow.set(FAILURES_UNTIL_EJECTION - 1);
    }
    beginTrial(nowNanos);
    return true;
  }

  /** A connection goes there all the same, as there is no other. */
  synchronized void beginTrial(long nowNanos) {
    if (ejected) {
      if (trial == Trial.NONE) {
        trial = Trial.BEGUN;
      }
      trialBeganNanos = nowNanos;
      nextTrialNanos = nowNanos + TRIAL_NANOS_MAX;
    }
  }

  /** Answers true when it has failed often enough to be left out, or failed its trial. */
  synchronized boolean failed() {
    // Of one that is ejected, the others are calls from before.
    return ejected
        ? trial != Trial.NONE
        : failuresInARow.incrementAndGet() >= FAILURES_UNTIL_EJECTION;
  }

  /** It takes connections: on trial, one more may follow after as long as this one took. */
  void connected(long nowNanos) {
    if (ejected) {
      holdsOne(nowNanos);
    }
  }

  private synchronized void holdsOne(long nowNanos) {
    if (trial == Trial.BEGUN) {
      heldSinceNanos = nowNanos;
      trial = Trial.HELD;
    }
    if (trial == Trial.HELD) {
      nextTrialNanos = nowNanos + Math.max(STEP_NANOS, nowNanos - trialBeganNanos);
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
      trial = Trial.NONE;
      backSinceNanos = nowNanos;
    }
  }

  /** Answers false if somebody else has just done so. */
  synchronized boolean eject(long nowNanos) {
    if (ejected && trial == Trial.NONE) {
      return false;
    }
    if (!ejected) {
      forgive(nowNanos - backSinceNanos);
    }
    nextTrialNanos = nowNanos + ejectionNanos(doublings);
    doublings = Math.min(doublings + 1, DOUBLINGS_MAX);
    failuresInARow.set(0);
    trial = Trial.NONE;
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
