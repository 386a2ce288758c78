package io.hanse.gateway.relay;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Every bound of the data path. */
public record GatewayLimits(
    Connections connections, Hello hello, Tls tls, Dial dial, Relaying relaying, Log log) {

  /**
   * How many at once.
   *
   * @param max of all; two descriptors each
   * @param perSourceMax of one IPv4 address or one IPv6 /64; 0 means no limit
   * @param sourcesMax how many sources are counted; those beyond it are not limited
   * @param perRouteMax of one target
   * @param acceptsPerEvent before the loop turns to its other sockets
   */
  public record Connections(
      int max, int perSourceMax, int sourcesMax, int perRouteMax, int acceptsPerEvent) {}

  /**
   * Before it is known where a client wants to go.
   *
   * @param bytesMax looked at for a name
   * @param millisMax from the accept on; no byte restarts it
   * @param pendingBytesMax held by one loop for all clients that are not connected yet
   * @param peekingMax such clients at once, in one loop
   */
  public record Hello(int bytesMax, int millisMax, long pendingBytesMax, int peekingMax) {}

  /** Handshakes under way in one loop, and how long one may take. */
  public record Tls(int handshakesMax, int handshakeMillis) {}

  /**
   * Connecting to an endpoint.
   *
   * @param attemptsMax endpoints tried for one client
   * @param connectMillis for one attempt where the route says nothing
   * @param millisMax for all attempts together
   */
  public record Dial(int attemptsMax, int connectMillis, int millisMax) {}

  /**
   * Bytes under way.
   *
   * @param receiveBytes taken from a socket at once
   * @param writeLowBytes queued for a slow reader when its sender is read again
   * @param writeHighBytes queued for a slow reader when its sender is no longer read
   * @param idleMillis without a byte in either direction
   * @param routeGoneMillis that connections outlive the route they came by
   */
  public record Relaying(
      int receiveBytes,
      int writeLowBytes,
      int writeHighBytes,
      long idleMillis,
      int routeGoneMillis) {}

  /** Lines waiting to be written, and lines kept for looking at. */
  public record Log(int queueMax, int recentMax) {}

  private static final int RESERVED_DESCRIPTORS = 200;
  private static final int CONNECTIONS_IF_UNKNOWN = 4000;

  public static GatewayLimits defaults() {
    int connections = connectionsByDescriptors();
    return new GatewayLimits(
        new Connections(connections, 0, 100_000, 1024, 16),
        new Hello(16_384, 15_000, 32L << 20, Math.max(16, connections / 4)),
        new Tls(512, 10_000),
        new Dial(3, 5_000, 20_000),
        new Relaying(65_536, 64 << 10, 256 << 10, 3_600_000, 5_000),
        new Log(8192, 1000));
  }

  public GatewayLimits with(Connections changed) {
    return new GatewayLimits(changed, hello, tls, dial, relaying, log);
  }

  public GatewayLimits with(Hello changed) {
    return new GatewayLimits(connections, changed, tls, dial, relaying, log);
  }

  public GatewayLimits with(Tls changed) {
    return new GatewayLimits(connections, hello, changed, dial, relaying, log);
  }

  public GatewayLimits with(Dial changed) {
    return new GatewayLimits(connections, hello, tls, changed, relaying, log);
  }

  public GatewayLimits with(Relaying changed) {
    return new GatewayLimits(connections, hello, tls, dial, changed, log);
  }

  private static int connectionsByDescriptors() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long descriptors = system.getMaxFileDescriptorCount() - RESERVED_DESCRIPTORS;
      return (int) Math.max(1, Math.min(Integer.MAX_VALUE, descriptors) / 2);
    }
    return CONNECTIONS_IF_UNKNOWN;
  }
}
