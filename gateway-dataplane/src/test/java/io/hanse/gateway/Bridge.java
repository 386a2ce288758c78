package io.hanse.gateway;

import io.hanse.gateway.relay.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes TCP on from one port to another until the test ends the connections in the middle. */
final class Bridge implements AutoCloseable {
  private final ServerSocket listener;
  private final int to;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  Bridge(int from, int to) throws IOException {
    this.listener = new ServerSocket(from, 100, InetAddress.getLoopbackAddress());
    this.to = to;
    start("bridge", this::accept);
  }

  /** Both sides hear that nothing more comes, and nothing else. */
  void endBothWays() throws IOException {
    for (Socket each : sockets) {
      each.shutdownOutput();
    }
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket server = TestBackend.connect(to);
      sockets.addAll(List.of(client, server));
      start("bridge-up", () -> client.getInputStream().transferTo(server.getOutputStream()));
      start("bridge-down", () -> server.getInputStream().transferTo(client.getOutputStream()));
    }
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One of its sockets was closed.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : sockets) {
      each.close();
    }
  }

  /** What a thread of it does. */
  private interface Work {
    void run() throws IOException;
  }
}
