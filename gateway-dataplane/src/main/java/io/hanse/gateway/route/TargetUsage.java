package io.hanse.gateway.route;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Who uses a target now, and what went through it. */
public final class TargetUsage {
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder connections = new LongAdder();
  private final LongAdder connectFailures = new LongAdder();
  private final LongAdder connectNanos = new LongAdder();
  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();
  private volatile boolean gone;

  /** Takes one of the places for connections; false if there is none left. */
  public boolean enter(int connectionsMax) {
    int now = open.get();
    while (now < connectionsMax) {
      if (open.compareAndSet(now, now + 1)) {
        return true;
      }
      now = open.get();
    }
    return false;
  }

  public void leave() {
    open.decrementAndGet();
  }

  public int open() {
    return open.get();
  }

  public void connected(long nanos) {
    connections.increment();
    connectNanos.add(nanos);
  }

  public void connectFailed() {
    connectFailures.increment();
  }

  public void moved(long up, long down) {
    bytesUp.add(up);
    bytesDown.add(down);
  }

  /** Marks that no route leads here any more: connections that are open end soon. */
  public void setGone(boolean isGone) {
    gone = isGone;
  }

  public boolean isGone() {
    return gone;
  }

  public long connections() {
    return connections.sum();
  }

  public long connectFailures() {
    return connectFailures.sum();
  }

  public long connectNanos() {
    return connectNanos.sum();
  }

  public long bytesUp() {
    return bytesUp.sum();
  }

  public long bytesDown() {
    return bytesDown.sum();
  }
}
