package io.hanse.peering.transport;

/**
 * The external gRPC port.
 *
 * @param host the address to listen on
 * @param port 0: any that is free
 * @param connectionsMax beyond, new ones are closed
 */
public record ExternalGrpcSettings(String host, int port, int connectionsMax) {
  /** What one server holds with room for its file descriptors. */
  private static final int CONNECTIONS_MAX = 16_384;

  public static ExternalGrpcSettings of(String host, int port) {
    return new ExternalGrpcSettings(host, port, CONNECTIONS_MAX);
  }
}
