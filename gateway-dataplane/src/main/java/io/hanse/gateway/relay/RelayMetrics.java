package io.hanse.gateway.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happened to connections, counted. */
public final class RelayMetrics {
  private final Map<CloseReason, LongAdder> ended = new EnumMap<>(CloseReason.class);
  private final Refusals refusals = new Refusals();
  private final LongAdder calls = new LongAdder();
  private final LongAdder hellos = new LongAdder();
  private final LongAdder helloNanos = new LongAdder();
  private final LongAdder handshakes = new LongAdder();
  private final LongAdder handshakesFailed = new LongAdder();

  public RelayMetrics() {
    for (CloseReason reason : CloseReason.values()) {
      ended.put(reason, new LongAdder());
    }
  }

  void ended(CloseReason reason) {
    adder(reason).increment();
  }

  /** Which names were asked for in vain, and who was turned away. */
  public Refusals refusals() {
    return refusals;
  }

  /** Somebody wants to be let through to a service: not the probe of a check. */
  void called() {
    calls.increment();
  }

  void helloRead(long nanos) {
    hellos.increment();
    helloNanos.add(nanos);
  }

  void handshake(boolean succeeded) {
    (succeeded ? handshakes : handshakesFailed).increment();
  }

  public long count(CloseReason reason) {
    return adder(reason).sum();
  }

  /** Of others; not those that go out to upstreams. */
  public long calls() {
    return calls.sum();
  }

  public long hellos() {
    return hellos.sum();
  }

  public long helloNanos() {
    return helloNanos.sum();
  }

  public long handshakes() {
    return handshakes.sum();
  }

  public long handshakesFailed() {
    return handshakesFailed.sum();
  }

  private LongAdder adder(CloseReason reason) {
    LongAdder adder = ended.get(reason);
    if (adder == null) {
      throw new IllegalStateException("no counter for " + reason);
    }
    return adder;
  }
}
