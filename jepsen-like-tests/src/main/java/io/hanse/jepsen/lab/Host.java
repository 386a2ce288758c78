package io.hanse.jepsen.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where one server runs.
 *
 * @param address by which the others, and the test, reach it
 * @param entry the words before its command that bring it there; none: this machine as it is
 */
record Host(String address, List<String> entry, int http, int server, int serfLan, int grpcTls) {
  /** The usual port of the HTTP API. */
  static final int HTTP = 8500;

  private static final int PORTS = 4;

  /** Hosts that are all this machine, told apart by their ports. */
  static List<Host> onLoopback(int count) throws IOException {
    List<Integer> ports = FreePorts.find(PORTS * count);
    List<Host> hosts = new ArrayList<>();
    for (int at = 0; at < ports.size(); at += PORTS) {
      hosts.add(
          new Host(
              "127.0.0.1",
              List.of(),
              ports.get(at),
              ports.get(at + 1),
              ports.get(at + 2),
              ports.get(at + 3)));
    }
    return hosts;
  }

  /** A host that has the usual ports for itself. */
  static Host apart(String address, List<String> entry) {
    return new Host(address, entry, HTTP, 8300, 8301, 8503);
  }
}
