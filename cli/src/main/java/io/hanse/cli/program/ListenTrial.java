package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.fsm.view.HostPort;
import io.hanse.gateway.OwnAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Listens at an address for a moment, to tell beforehand who names one that is of no use. */
final class ListenTrial {
  private static final String ANY = "0.0.0.0";

  private ListenTrial() {}

  /**
   * Says what is wrong with it, if anything is.
   *
   * @param flag that names it
   * @param address whose host is still to be looked up; "" for all addresses of this machine
   */
  static void run(String flag, InetSocketAddress address) {
    String host = address.getHostString().isEmpty() ? ANY : address.getHostString();
    InetSocketAddress found = new InetSocketAddress(host, address.getPort());
    requireOwn(flag, host, found);
    try (ServerSocket socket = new ServerSocket()) {
      // As the gateway itself: connections that are gone for a minute are in nobody's way.
      socket.setReuseAddress(true);
      socket.bind(found);
    } catch (IOException e) {
      throw new CommandFailure(
          flag
              + ": can't listen on "
              + HostPort.joined(host, address.getPort())
              + ": "
              + Messages.of(e)
              + "; end what listens there, or name another port");
    }
  }

  private static void requireOwn(String flag, String host, InetSocketAddress address) {
    try {
      OwnAddress.require(address);
    } catch (UnknownHostException e) {
      throw new CommandFailure(flag + ": no address is known of the host \"" + host + "\"");
    } catch (IOException e) {
      throw new CommandFailure(
          flag
              + ": nothing can listen at \""
              + host
              + "\" here ("
              + Messages.of(e)
              + "); where the gateway is reached by an address of another machine, name one of this"
              + " one with -bind-address");
    }
  }
}
