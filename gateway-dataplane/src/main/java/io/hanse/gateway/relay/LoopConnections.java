package io.hanse.gateway.relay;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections of one event loop, and the sweep that ends those whose time is up: no connection
 * has a timer of its own. All but the gauges belong to the loop's thread.
 */
final class LoopConnections {
  private static final int SWEEP_MILLIS = 250;
  private static final int SWEEPS_PER_FULL_ONE = 4;

  /**
   * For a name, from the accept on: it is in the first packets of who means to call at once. Also
   * for a call between servers.
   */
  private static final long HURRIED_MILLIS_MAX = 1_000;

  private final EventLoop loop;
  private final GatewayLimits limits;
  private final Set<Connection> open = new LinkedHashSet<>();
  private final Set<Connection> peeking = new LinkedHashSet<>();
  private final Set<Connection> handshaking = new LinkedHashSet<>();
  private final Set<Connection> holding = new LinkedHashSet<>();
  private final AtomicLong heldBytes = new AtomicLong();
  private int sweeps;
  private boolean hurried;
  private long coarseNanos = System.nanoTime();
  private volatile int openCount;

  LoopConnections(EventLoop loop, GatewayLimits limits) {
    this.loop = loop;
    this.limits = limits;
    loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  EventLoop loop() {
    return loop;
  }

  /** The time of the last sweep. */
  long coarseNanos() {
    return coarseNanos;
  }

  int openCount() {
    return openCount;
  }

  /** Of clients that are not connected to an endpoint yet. */
  long heldBytes() {
    return heldBytes.get();
  }

  void add(Connection connection) {
    open.add(connection);
    openCount = open.size();
  }

  void remove(Connection connection) {
    open.remove(connection);
    peeking.remove(connection);
    handshaking.remove(connection);
    openCount = open.size();
  }

  /** Waits for a name from now on; over the bound the oldest that does so has to go. */
  void startsPeeking(Connection connection) {
    peeking.add(connection);
    if (peeking.size() > limits.hello().peekingMax()) {
      endOldest(peeking, CloseReason.LIMIT_PEEKING);
    }
  }

  void stopsPeeking(Connection connection) {
    peeking.remove(connection);
  }

  /**
   * Notes bytes that wait until the client is connected; over the bound the oldest that has any has
   * to go, whatever it waits for: those that are being dialed could leave no room for names.
   */
  void holds(Connection connection, int bytes) {
    holding.add(connection);
    heldBytes.addAndGet(bytes);
    while (heldBytes.get() > limits.hello().pendingBytesMax() && !holding.isEmpty()) {
      endOldest(holding, CloseReason.LIMIT_HELD);
    }
  }

  /** Notes that all its bytes went on their way, or were dropped. */
  void letsGo(Connection connection, int bytes) {
    holding.remove(connection);
    heldBytes.addAndGet(-bytes);
  }

  /**
   * Is in a handshake from now on; over the bound the oldest has to go. Who was refused instead
   * could be kept out for good by clients that take all places and say nothing.
   */
  void startsHandshake(Connection connection) {
    handshaking.add(connection);
    if (handshaking.size() > limits.tls().handshakesMax()) {
      endOldest(handshaking, CloseReason.LIMIT_HANDSHAKES);
    }
  }

  void stopsHandshake(Connection connection) {
    handshaking.remove(connection);
  }

  /**
   * This process is stopping. Whoever has called it already may still say where to, but not as
   * slowly as others.
   */
  void hurry() {
    hurried = true;
  }

  void endAll(CloseReason reason) {
    for (Connection connection : new ArrayList<>(open)) {
      connection.end(reason, "");
    }
  }

  private static void endOldest(Set<Connection> waiting, CloseReason reason) {
    Iterator<Connection> all = waiting.iterator();
    Connection oldest = all.next();
    all.remove();
    oldest.end(reason, "");
  }

  private void sweep() {
    coarseNanos = System.nanoTime();
    endSlowHellos();
    if (hurried) {
      endServerStreams();
    }
    if (++sweeps % SWEEPS_PER_FULL_ONE == 0) {
      List<Connection> all = new ArrayList<>(open);
      for (Connection connection : all) {
        connection.onSweep(coarseNanos);
      }
    }
  }

  /**
   * They would last until they are cut, and have no end of their own to wait for: servers go on
   * where they were by whichever gateway listens. A call that redeems a token is over by then.
   */
  private void endServerStreams() {
    for (Connection connection : new ArrayList<>(open)) {
      if (connection.isBetweenServers()
          && connection.ageMillis(coarseNanos) >= HURRIED_MILLIS_MAX) {
        connection.end(CloseReason.MOVED, "");
      }
    }
  }

  /** They stand in the order in which they came. */
  private void endSlowHellos() {
    long usualMax = limits.hello().millisMax();
    long millisMax = hurried ? Math.min(usualMax, HURRIED_MILLIS_MAX) : usualMax;
    while (!peeking.isEmpty()) {
      Connection oldest = peeking.iterator().next();
      if (oldest.ageMillis(coarseNanos) < millisMax) {
        return;
      }
      oldest.end(hurried ? CloseReason.DRAINED : CloseReason.HELLO_TIMEOUT, "");
      peeking.remove(oldest);
    }
  }
}
