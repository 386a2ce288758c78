package io.hanse.gateway.relay;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A plain server whose connections the test drives itself. */
public final class TestBackend implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

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

  /** A port nobody listens on. */
  public static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : all) {
      socket.close();
    }
  }
}
