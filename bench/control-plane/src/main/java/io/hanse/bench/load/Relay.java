package io.hanse.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A link between two clusters that counts what passes, and can be cut. */
final class Relay implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong towards = new AtomicLong();
  private final AtomicLong back = new AtomicLong();
  private volatile boolean isCut;

  /** Leads to a port of this machine. */
  Relay(int target) throws IOException {
    this.target = target;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Bytes that passed towards who is dialed. */
  long towards() {
    return towards.get();
  }

  /** Bytes that passed the other way. */
  long back() {
    return back.get();
  }

  long bytes() {
    return towards() + back();
  }

  /** Ends all connections, and lets in no other. */
  void cut() {
    isCut = true;
    open.forEach(Relay::close);
  }

  void mend() {
    isCut = false;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket in = listening.accept();
        if (isCut) {
          in.close();
          continue;
        }
        Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
        in.setTcpNoDelay(true);
        out.setTcpNoDelay(true);
        open.add(in);
        open.add(out);
        start(() -> carry(in, out, towards));
        start(() -> carry(out, in, back));
      } catch (IOException e) {
        // The next one may come through.
      }
    }
  }

  private void carry(Socket from, Socket to, AtomicLong count) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        count.addAndGet(read);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // It was cut, or ended by an end.
    }
    close(from);
    close(to);
    open.remove(from);
    open.remove(to);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }
}
