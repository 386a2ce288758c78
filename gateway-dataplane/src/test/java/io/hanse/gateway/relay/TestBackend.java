package io.hanse.gateway.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A plain server whose connections the test drives itself. */
public final class TestBackend implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int PORTS_BEGIN = 22_000;
  private static final int PORTS_END = 32_768;
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS_BEGIN, PORTS_END));

  private final ServerSocket listener;
  private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
  private final List<Socket> all = new CopyOnWriteArrayList<>();

  public TestBackend() throws IOException {
    listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "backend");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return listener.getLocalPort();
  }

  public int acceptedCount() {
    return all.size();
  }

  /** The next connection. */
  public Socket next() throws InterruptedException {
    Socket socket = accepted.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (socket == null) {
      throw new AssertionError("no connection arrived");
    }
    return socket;
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket socket = listener.accept();
        socket.setSoTimeout(PATIENCE_MILLIS);
        all.add(socket);
        accepted.add(socket);
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** A client's socket to a port of this machine. */
  public static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  public static byte[] read(Socket socket, int length) throws IOException {
    return socket.getInputStream().readNBytes(length);
  }

  /** Reads to the end and answers how much it was. */
  public static long drain(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[65536];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
    }
    return total;
  }

  /**
   * A port nobody listens on, given once. It is none of those that the system gives to outgoing
   * connections: one of another test could take it before a server here does.
   */
  public static int deadPort() throws IOException {
    for (int left = 1_000; left > 0; left--) {
      int port = NEXT_PORT.getAndUpdate(last -> last + 1 < PORTS_END ? last + 1 : PORTS_BEGIN);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Another's.
      }
    }
    throw new BindException("no port is free");
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : all) {
      socket.close();
    }
  }
}
