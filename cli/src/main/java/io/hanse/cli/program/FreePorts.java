package io.hanse.cli.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of loopback that were free a moment ago, all different. None is of those that systems give
 * to outgoing connections (from 32768 on Linux, RFC 6335 says 49152), or a connection could take it
 * before its server starts, and none of those that sidecars are given (from 21000).
 */
public final class FreePorts {
  private static final int FIRST = 22_000;
  private static final int END = 32_768;
  private static final int ATTEMPTS = 1_000;

  /**
   * One after the other, so that none is given twice before whoever got it listens; from somewhere,
   * as other processes look for ports as well.
   */
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(END - FIRST));

  private final Deque<Integer> ports = new ArrayDeque<>();

  /** Chosen all at once, while each is still held: one asked for later could be one given away. */
  public static FreePorts choose(int count) {
    FreePorts chosen = new FreePorts();
    List<ServerSocket> held = new ArrayList<>();
    try {
      try {
        for (int i = 0; i < count; i++) {
          ServerSocket socket = hold();
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

  public int next() {
    return ports.remove();
  }
}
