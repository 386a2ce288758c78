package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.view.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Another gateway that runs by the id that is to be registered. It follows its registration: it
 * would leave its own address for the new one, and callers would be led to one that does not run.
 */
final class GatewayRival {
  private static final int CONNECT_MILLIS_MAX = 1_000;
  private static final String LOOPBACK = "127.0.0.1";

  private GatewayRival() {}

  /** Refuses the id where somebody listens at the address that it is registered with. */
  static void requireNone(String service, Value registered) {
    String host = registered.at("Address").text();
    int port = (int) registered.at("Port").whole();
    if (isListening(host.isEmpty() ? LOOPBACK : host, port)) {
      throw new CommandFailure(
          "-service: "
              + Quoted.of(service)
              + " is registered with this agent for a gateway that runs at "
              + HostPort.joined(host, port)
              + "; give this one another name, as -service "
              + service
              + "-2, or end that one first");
    }
  }

  private static boolean isListening(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS_MAX);
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
