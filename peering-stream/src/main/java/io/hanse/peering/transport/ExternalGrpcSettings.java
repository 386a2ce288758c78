package io.hanse.peering.transport;

/**
 * The external gRPC port.
 *
 * @param host the address to listen on
 * @param port 0: any that is free
 * @param connectionsMax beyond, new ones are closed
 * @param connectionsPerClientMax the same of one address; those of peers that were let in and of
 *     proxies that are registered do not count; 0: as many as there are
 * @param callsMax open at once, of all connections; beyond, new ones are refused
 */
public record ExternalGrpcSettings(
    String host, int port, int connectionsMax, int connectionsPerClientMax, int callsMax) {
  /** Consul's, for the connections of its agents. */
  public static final int CONNECTIONS_PER_CLIENT_MAX = 100;

  /** What one server holds with room for its file descriptors. */
  private static final int CONNECTIONS_MAX = 16_384;

  /** A stream, and calls beside it, of each. */
  private static final int CALLS_MAX = 4 * CONNECTIONS_MAX;

  public static ExternalGrpcSettings of(String host, int port) {
    return new ExternalGrpcSettings(
        host, port, CONNECTIONS_MAX, CONNECTIONS_PER_CLIENT_MAX, CALLS_MAX);
  }

  public ExternalGrpcSettings withConnectionsPerClientMax(int max) {
    return new ExternalGrpcSettings(host, port, connectionsMax, max, callsMax);
  }

  ExternalGrpcSettings withCallsMax(int max) {
    return new ExternalGrpcSettings(host, port, connectionsMax, connectionsPerClientMax, max);
  }
}
