package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries every address and port of an agent before anything starts: a library that finds one taken
 * would end the process in its own words.
 */
record ListenerCheck(List<Listener> listeners) {
  /** One address that the agent is to listen on, and the key that says so. */
  record Listener(String key, InetSocketAddress address) {}

  static ListenerCheck of(AgentConfig config) {
    List<Listener> listeners = new ArrayList<>();
    AgentConfig.Addresses addresses = config.addresses();
    AgentConfig.Ports ports = config.ports();
    add(listeners, "ports.server", List.of(addresses.bind()), ports.server());
    add(listeners, "ports.serf_lan", List.of(addresses.bind()), ports.serfLan());
    add(listeners, "ports.http", addresses.http(), ports.http());
    add(listeners, "ports.https", addresses.https(), ports.https());
    add(listeners, "ports.grpc_tls", addresses.grpcTls(), ports.grpcTls());
    return new ListenerCheck(listeners);
  }

  private static void add(List<Listener> listeners, String key, List<String> addresses, int port) {
    if (port > 0) {
      addresses.forEach(
          address -> listeners.add(new Listener(key, new InetSocketAddress(address, port))));
    }
  }

  /** Holds each until the last was tried, so that two of this agent's own are noticed, too. */
  void run() {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (Listener listener : listeners) {
        held.add(listen(listener));
      }
    } finally {
      held.forEach(ListenerCheck::close);
    }
  }

  private static ServerSocket listen(Listener listener) {
    InetSocketAddress address = listener.address();
    try {
      ServerSocket socket = new ServerSocket();
      try {
        socket.setReuseAddress(true);
        socket.bind(address);
      } catch (IOException e) {
        close(socket);
        throw e;
      }
      return socket;
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT,
          "%s: can't listen on %s:%d: %s; end what listens there or set another port"
              .formatted(
                  listener.key(), address.getHostString(), address.getPort(), e.getMessage()),
          e);
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INVARIANT_BROKEN, "can't close a port that was tried: " + e.getMessage(), e);
    }
  }
}
