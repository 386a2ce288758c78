package io.hanse.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Ports of loopback that were free a moment ago, all different. */
final class FreePorts {
  private final Deque<Integer> ports = new ArrayDeque<>();

  /** Chosen all at once, while each is still held: one asked for later could be one given away. */
  static FreePorts choose(int count) {
    FreePorts chosen = new FreePorts();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        chosen.ports.add(socket.getLocalPort());
      }
    } catch (IOException e) {
      throw new DemoFailure("found no " + count + " free ports: " + e.getMessage(), null);
    } finally {
      held.forEach(FreePorts::close);
    }
    return chosen;
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new DemoFailure("can't give a port back: " + e.getMessage(), null);
    }
  }

  int next() {
    return ports.remove();
  }
}
