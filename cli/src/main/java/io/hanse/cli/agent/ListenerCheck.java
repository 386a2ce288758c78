package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tries every port of an agent before anything starts: a library that finds one taken would end the
 * process in its own words.
 */
record ListenerCheck(Map<String, InetSocketAddress> listeners) {
  static ListenerCheck of(AgentConfig config) {
    Map<String, InetSocketAddress> listeners = new LinkedHashMap<>();
    AgentConfig.Ports ports = config.ports();
    String bind = config.addresses().bind();
    add(listeners, "ports.server", bind, ports.server());
    add(listeners, "ports.serf_lan", bind, ports.serfLan());
    for (String address : config.addresses().http()) {
      add(listeners, "ports.http", address, ports.http());
    }
    for (String address : config.addresses().https()) {
      add(listeners, "ports.https", address, ports.https());
    }
    for (String address : config.addresses().grpcTls()) {
      add(listeners, "ports.grpc_tls", address, ports.grpcTls());
    }
    for (String address : config.addresses().grpc()) {
      add(listeners, "ports.grpc", address, ports.grpc());
    }
    return new ListenerCheck(listeners);
  }

  private static void add(
      Map<String, InetSocketAddress> listeners, String key, String address, int port) {
    if (port > 0) {
      listeners.put(key, new InetSocketAddress(address, port));
    }
  }

  void run() {
    listeners.forEach(
        (key, address) -> {
          try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
          } catch (IOException e) {
            throw new ProblemException(
                ProblemCode.INVALID_ARGUMENT,
                "%s: can't listen on %s:%d: %s; end what listens there or set another port"
                    .formatted(key, address.getHostString(), address.getPort(), e.getMessage()),
                e);
          }
        });
  }
}
