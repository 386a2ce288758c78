package io.hanse.jepsen.lab;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds free ports on loopback. All of a call are held at once, so that they differ, and none is of
 * those that systems give to outgoing connections: one of a client could take it meanwhile.
 */
final class FreePorts {
  private static final int FIRST = 22_000;
  private static final int END = 32_768;
  private static final int ATTEMPTS = 1_000;

  /**
   * One after the other, so that none is given twice before whoever got it listens; from somewhere,
   * as other processes look for ports as well.
   */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(END - FIRST));

  private FreePorts() {}

  static List<Integer> find(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = hold();
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
      return ports;
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  private static ServerSocket hold() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), END - FIRST);
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
