package io.hanse.cli.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Ports of loopback that were free a moment ago, all different. */
public final class FreePorts {
  private final Deque<Integer> ports = new ArrayDeque<>();

  /** Chosen all at once, while each is still held: one asked for later could be one given away. */
  public static FreePorts choose(int count) {
    FreePorts chosen = new FreePorts();
    List<ServerSocket> held = new ArrayList<>();
    try {
      try {
        for (int i = 0; i < count; i++) {
          ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          held.add(socket);
          chosen.ports.add(socket.getLocalPort());
        }
      } finally {
        for (ServerSocket socket : held) {
          socket.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("found no " + count + " free ports", e);
    }
    return chosen;
  }

  public int next() {
    return ports.remove();
  }
}
