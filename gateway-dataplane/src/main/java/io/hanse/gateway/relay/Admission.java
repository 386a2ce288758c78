package io.hanse.gateway.relay;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections, all and by where they come from, and refuses those beyond the bounds. */
final class Admission {
  private static final int IPV6_NETWORK_BYTES = 8;

  private final GatewayLimits.Connections limits;
  private final AtomicInteger total = new AtomicInteger();
  private final Map<ByteBuffer, Integer> bySource = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Admission(GatewayLimits.Connections limits) {
    this.limits = limits;
  }

  /** Empty if it is let in; then it must {@link #leave}. */
  Optional<CloseReason> enter(SocketAddress source) {
    if (closed) {
      return Optional.of(CloseReason.DRAINED);
    }
    if (total.incrementAndGet() > limits.max()) {
      total.decrementAndGet();
      return Optional.of(CloseReason.LIMIT_TOTAL);
    }
    if (!enterSource(source)) {
      total.decrementAndGet();
      return Optional.of(CloseReason.LIMIT_SOURCE);
    }
    return Optional.empty();
  }

  void leave(SocketAddress source) {
    total.decrementAndGet();
    if (limits.perSourceMax() > 0) {
      bySource.computeIfPresent(network(source), (k, count) -> count > 1 ? count - 1 : null);
    }
  }

  /** Lets nobody in any more. */
  void close() {
    closed = true;
  }

  int total() {
    return total.get();
  }

  private boolean enterSource(SocketAddress source) {
    if (limits.perSourceMax() == 0) {
      return true;
    }
    ByteBuffer network = network(source);
    if (bySource.size() >= limits.sourcesMax() && !bySource.containsKey(network)) {
      return true;
    }
    boolean[] entered = {false};
    bySource.compute(
        network,
        (key, count) -> {
          int now = count == null ? 0 : count;
          entered[0] = now < limits.perSourceMax();
          return entered[0] ? Integer.valueOf(now + 1) : count;
        });
    return entered[0];
  }

  private static ByteBuffer network(SocketAddress source) {
    if (!(source instanceof InetSocketAddress address) || address.getAddress() == null) {
      return ByteBuffer.allocate(0);
    }
    InetAddress host = address.getAddress();
    byte[] bytes = host.getAddress();
    return ByteBuffer.wrap(
        host instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
  }
}
