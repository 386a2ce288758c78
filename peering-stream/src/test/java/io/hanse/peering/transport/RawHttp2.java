package io.hanse.peering.transport;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One end of a plaintext HTTP/2 connection, frame by frame. It acknowledges settings and pings. */
final class RawHttp2 implements AutoCloseable {
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 9;
  private static final int ACK = 1;

  /** What came in. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean isPing() {
      return type == PING && flags != ACK;
    }

    boolean isPingAck() {
      return type == PING && flags == ACK;
    }
  }

  private final Socket socket;
  private final DataInputStream in;

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** The client's end. */
  static RawHttp2 dial(int port) throws IOException {
    RawHttp2 connection = new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), port));
    connection.socket.getOutputStream().write(PREFACE);
    connection.send(SETTINGS, 0, 0, new byte[0]);
    return connection;
  }

  /** The server's end of a connection that was accepted. */
  static RawHttp2 serve(Socket accepted) throws IOException {
    RawHttp2 connection = new RawHttp2(accepted);
    connection.in.readNBytes(PREFACE.length);
    connection.send(SETTINGS, 0, 0, new byte[0]);
    return connection;
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    socket.getOutputStream().write(frame.array());
  }

  void ping() throws IOException {
    send(PING, 0, 0, new byte[Long.BYTES]);
  }

  /**
   * The next frame; empty if none has begun until then, a time of {@link System#nanoTime}.
   *
   * @throws EOFException the other end has closed the connection
   */
  Optional<Frame> next(long untilNanos) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
    if (millis <= 0) {
      return Optional.empty();
    }
    try {
      in.mark(1);
      socket.setSoTimeout((int) millis);
      if (in.read() < 0) {
        throw new EOFException();
      }
      in.reset();
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    Frame frame = new Frame(type, flags, in.readInt(), in.readNBytes(length));
    if (type == SETTINGS && flags != ACK) {
      send(SETTINGS, ACK, 0, new byte[0]);
    } else if (frame.isPing()) {
      send(PING, ACK, 0, frame.payload());
    }
    return Optional.of(frame);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
