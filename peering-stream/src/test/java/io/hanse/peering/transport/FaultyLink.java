package io.hanse.peering.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An address on loopback that stands for another one, and a way that a test can cut or freeze. */
final class FaultyLink implements AutoCloseable {
  private static final int CHUNK_BYTES = 16_384;

  private final ServerSocket listener;
  private volatile int target;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile boolean down;
  private volatile boolean frozen;

  FaultyLink(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Ends all connections; who comes from now on is led to another port. */
  void leadTo(int port) {
    target = port;
    reset();
  }

  /** How many connections came. */
  int accepted() {
    return accepted.get();
  }

  /** Ends all connections, and every new one until {@link #mend}. */
  void cut() {
    down = true;
    reset();
  }

  /** Ends all connections; new ones are fine. */
  void reset() {
    for (Socket socket = open.poll(); socket != null; socket = open.poll()) {
      close(socket);
    }
  }

  /** Nothing gets through any more, and nobody is told. */
  void freeze() {
    frozen = true;
  }

  void mend() {
    down = false;
    frozen = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (down) {
          close(client);
          continue;
        }
        accepted.incrementAndGet();
        Socket server = new Socket();
        open.add(client);
        open.add(server);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        threads.execute(() -> relay(client, server));
        threads.execute(() -> relay(server, client));
      } catch (IOException e) {
        if (listener.isClosed()) {
          return;
        }
      }
    }
  }

  private void relay(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        // What comes while it is frozen is lost.
        if (!frozen) {
          out.write(chunk, 0, count);
        }
      }
    } catch (IOException e) {
      // The one end, or the test, has closed it: the other end hears of it.
      close(from);
    }
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    reset();
    threads.shutdownNow();
  }
}
