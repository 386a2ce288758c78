package io.hanse.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A number of lanes, each with one request open at a time, over kept connections, on the calling
 * thread alone: a load that costs little itself. A lane sends its next request when it has the
 * answer to the one before.
 */
final class Flood implements AutoCloseable {
  private static final int SELECT_MILLIS = 20;
  private static final int BUFFER = 64 << 10;

  /** Hears of each answer. */
  interface Listener {
    void done(int lane, long sentNanos, long doneNanos, boolean isOk);
  }

  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final long[] sent;
  private final IntFunction<Request> next;
  private final Listener listener;
  private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER);
  private boolean isRefilling = true;

  /**
   * Connects.
   *
   * @param next the next request of a lane; null ends the lane
   */
  Flood(
      List<InetSocketAddress> targets,
      Supplier<Wire> wires,
      int lanes,
      int connectionCount,
      IntFunction<Request> next,
      Listener listener)
      throws IOException {
    this.sent = new long[lanes];
    this.next = next;
    this.listener = listener;
    for (int i = 0; i < connectionCount; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(targets.get(i % targets.size()));
      channel.configureBlocking(false);
      Connection connection = new Connection(channel, wires.get());
      channel.register(selector, SelectionKey.OP_READ, connection);
      connections.add(connection);
      connection.write(connection.wire.preface());
    }
  }

  /** Sends the first request of each lane. */
  void begin() throws IOException {
    for (int lane = 0; lane < sent.length; lane++) {
      send(connections.get(lane % connections.size()), lane);
    }
    for (Connection connection : connections) {
      connection.flush();
    }
  }

  /** Goes on while the condition holds, then lets the open requests come to their end. */
  void run(BooleanSupplier whileTrue, long drainNanos) throws IOException {
    isRefilling = true;
    while (whileTrue.getAsBoolean()) {
      turn();
    }
    isRefilling = false;
    long until = System.nanoTime() + drainNanos;
    while (open() > 0 && System.nanoTime() < until) {
      turn();
    }
  }

  int open() {
    int open = 0;
    for (long at : sent) {
      open += at != 0 ? 1 : 0;
    }
    return open;
  }

  private void turn() throws IOException {
    selector.select(
        key -> {
          try {
            ((Connection) key.attachment()).ready(key);
          } catch (IOException e) {
            key.cancel();
            ((Connection) key.attachment()).failed();
          }
        },
        SELECT_MILLIS);
  }

  private void send(Connection connection, int lane) throws IOException {
    Request request = next.apply(lane);
    if (request == null) {
      return;
    }
    sent[lane] = System.nanoTime();
    connection.write(connection.wire.encode(lane, request));
  }

  List<Wire> wires() {
    return connections.stream().map(connection -> connection.wire).toList();
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }

  private final class Connection implements Wire.Answers {
    private final SocketChannel channel;
    private final Wire wire;
    private ByteBuffer out = ByteBuffer.allocate(1024);

    /** What came of an answer that is not complete. */
    private byte[] rest = {};

    Connection(SocketChannel channel, Wire wire) {
      this.channel = channel;
      this.wire = wire;
    }

    void write(byte[] bytes) {
      if (out.remaining() < bytes.length) {
        ByteBuffer larger = ByteBuffer.allocate(2 * (out.position() + bytes.length));
        larger.put(out.flip());
        out = larger;
      }
      out.put(bytes);
    }

    void flush() throws IOException {
      out.flip();
      while (out.hasRemaining() && channel.write(out) > 0) {}
      boolean isLeft = out.hasRemaining();
      out.compact();
      channel
          .keyFor(selector)
          .interestOps(
              isLeft ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    void ready(SelectionKey key) throws IOException {
      if (key.isReadable()) {
        ByteBuffer in = shared.clear().put(rest);
        if (channel.read(in) < 0) {
          throw new IOException("closed");
        }
        in.flip();
        write(wire.take(in, this));
        rest = new byte[in.remaining()];
        in.get(rest);
      }
      if (out.position() > 0) {
        flush();
      }
    }

    @Override
    public void answered(int lane, boolean isOk) {
      long begun = sent[lane];
      sent[lane] = 0;
      listener.done(lane, begun, System.nanoTime(), isOk);
      if (isRefilling) {
        try {
          send(this, lane);
        } catch (IOException e) {
          failed();
        }
      }
    }

    void failed() {
      int at = connections.indexOf(this);
      for (int lane = at; lane < sent.length; lane += connections.size()) {
        if (sent[lane] != 0) {
          listener.done(lane, sent[lane], System.nanoTime(), false);
          sent[lane] = 0;
        }
      }
    }
  }
}
