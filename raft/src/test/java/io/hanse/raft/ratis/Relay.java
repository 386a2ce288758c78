package io.hanse.raft.ratis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a port. Connections can be silenced: they stay, and nothing passes any more. */
final class Relay implements AutoCloseable {
  private final int port;
  private final ServerSocket listening;
  private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger taken = new AtomicInteger();

  Relay(int port) throws IOException {
    this.port = port;
    this.listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** How many connections there have been. */
  int taken() {
    return taken.get();
  }

  /** Those that there are. Later ones are well. */
  void silence() {
    lines.forEach(line -> line.isSilent = true);
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Line line = new Line(listening.accept());
        lines.add(line);
        taken.incrementAndGet();
        daemon(() -> line.pump(line.near, line.far));
        daemon(() -> line.pump(line.far, line.near));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private final class Line {
    final Socket near;
    final Socket far;
    volatile boolean isSilent;

    Line(Socket near) throws IOException {
      this.near = near;
      this.far = new Socket(InetAddress.getLoopbackAddress(), port);
    }

    void pump(Socket from, Socket to) {
      byte[] buffer = new byte[8192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (!isSilent) {
            out.write(buffer, 0, count);
          }
        }
      } catch (IOException e) {
        // Closed by either end.
      }
      if (!isSilent) {
        close();
      }
    }

    void close() {
      try {
        near.close();
        far.close();
      } catch (IOException e) {
        // Nothing is lost.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    lines.forEach(Line::close);
  }
}
