package io.hanse.bench.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * As much of gRPC over HTTP/2 as a load of unary calls needs: many streams on a connection, headers
 * that are never put in a table, and windows so wide that they never matter. It costs the machine
 * less than a library would, so that more of it is left for the server.
 */
final class GrpcWire implements Wire {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int HEAD = 9;
  private static final int WINDOW = 1 << 30;

  private final String authority;
  private final Map<String, byte[]> headers = new HashMap<>();
  private final Map<Integer, Integer> lanes = new HashMap<>();
  private final Set<Integer> withData = new HashSet<>();
  private int nextStream = 1;
  private long unacknowledged;

  GrpcWire(String authority) {
    this.authority = authority;
  }

  @Override
  public byte[] preface() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    // The window of a stream: setting 4.
    out.writeBytes(
        frame(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(WINDOW).array()));
    out.writeBytes(frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(WINDOW).array()));
    return out.toByteArray();
  }

  @Override
  public byte[] encode(int lane, Request request) {
    int stream = nextStream;
    nextStream += 2;
    lanes.put(stream, lane);
    byte[] head = headers.computeIfAbsent(request.path(), this::headers);
    int length = request.body().length;
    ByteBuffer out = ByteBuffer.allocate(2 * HEAD + head.length + 5 + length);
    out.put(frame(HEADERS, END_HEADERS, stream, head));
    putHead(out, 5 + length, DATA, END_STREAM, stream);
    out.put((byte) 0).putInt(length).put(request.body());
    return out.array();
  }

  /** Each header as a literal that is not kept: the same bytes in every request. */
  private byte[] headers(String path) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // ":method POST", ":scheme http", then ":path", ":authority" and "content-type" by name.
    out.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86, 0x04});
    text(out, path);
    out.write(0x01);
    text(out, authority);
    out.writeBytes(new byte[] {0x0f, 0x10});
    text(out, "application/grpc");
    out.write(0x00);
    text(out, "te");
    text(out, "trailers");
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(HEAD + payload.length);
    putHead(out, payload.length, type, flags, stream);
    return out.put(payload).array();
  }

  private static void putHead(ByteBuffer out, int length, int type, int flags, int stream) {
    out.put((byte) (length >> 16)).putShort((short) length);
    out.put((byte) type).put((byte) flags).putInt(stream);
  }

  @Override
  public byte[] take(ByteBuffer in, Answers answers) {
    ByteArrayOutputStream reply = new ByteArrayOutputStream();
    while (in.remaining() >= HEAD) {
      int at = in.position();
      int length = ((in.get(at) & 0xff) << 16) | (in.getShort(at + 1) & 0xffff);
      if (in.remaining() < HEAD + length) {
        break;
      }
      int type = in.get(at + 3);
      int flags = in.get(at + 4);
      int stream = in.getInt(at + 5);
      byte[] payload = new byte[type == PING ? length : 0];
      in.position(at + HEAD);
      in.get(payload);
      in.position(at + HEAD + length);
      if (type == DATA) {
        withData.add(stream);
        unacknowledged += length;
      } else if (type == SETTINGS && (flags & ACK) == 0) {
        reply.writeBytes(frame(SETTINGS, ACK, 0, payload));
      } else if (type == PING && (flags & ACK) == 0) {
        reply.writeBytes(frame(PING, ACK, 0, payload));
      } else if (type == HEADERS && (flags & END_STREAM) != 0) {
        Integer lane = lanes.remove(stream);
        boolean isOk = withData.remove(stream);
        if (lane != null) {
          answers.answered(lane, isOk);
        }
      }
    }
    if (unacknowledged > 1 << 20) {
      reply.writeBytes(
          frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt((int) unacknowledged).array()));
      unacknowledged = 0;
    }
    return reply.toByteArray();
  }
}
