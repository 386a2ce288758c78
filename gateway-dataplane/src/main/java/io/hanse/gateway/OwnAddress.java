package io.hanse.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Tells whether this machine can listen at an address at all, whoever has the port. */
public final class OwnAddress {
  private OwnAddress() {}

  /**
   * Returns where it can.
   *
   * @throws UnknownHostException if the host is a name without an address
   * @throws IOException if the address is another machine's
   */
  public static void require(InetSocketAddress address) throws IOException {
    if (address.isUnresolved()) {
      throw new UnknownHostException(address.getHostString());
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address.getAddress(), 0));
    }
  }
}
