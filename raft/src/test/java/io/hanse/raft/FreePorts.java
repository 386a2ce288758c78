package io.hanse.raft;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of loopback that were free a moment ago, each given once. None is of those that the system
 * gives to outgoing connections: one of another test could take it before a server here does.
 */
public final class FreePorts {
  private static final int BEGIN = 22_000;
  private static final int END = 32_768;
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(BEGIN, END));

  private FreePorts() {}

  public static int next() throws IOException {
    for (int left = 1_000; left > 0; left--) {
      int port = NEXT.getAndUpdate(last -> last + 1 < END ? last + 1 : BEGIN);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Another's.
      }
    }
    throw new BindException("no port is free");
  }
}
