package io.hanse.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP/1.1, one request at a time on a connection that is kept. */
final class HttpWire implements Wire {
  private static final byte[] NOTHING = {};
  private static final int OK = 200;

  private int lane;

  /** Where the answer's end is known only by its chunks. */
  private boolean isChunked;

  private boolean isBody;
  private long left;
  private int status;

  /** The value of X-Consul-Index of the last answer, or 0. */
  private long index;

  long index() {
    return index;
  }

  @Override
  public byte[] preface() {
    return NOTHING;
  }

  @Override
  public byte[] encode(int sender, Request request) {
    lane = sender;
    String length =
        request.body().length > 0 || !request.verb().equals("GET")
            ? "\r\nContent-Length: " + request.body().length
            : "";
    byte[] head =
        (request.verb() + " " + request.path() + " HTTP/1.1\r\nHost: b" + length + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[head.length + request.body().length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(request.body(), 0, all, head.length, request.body().length);
    return all;
  }

  @Override
  public byte[] take(ByteBuffer in, Answers answers) {
    while (in.hasRemaining()) {
      if (!isBody && !readHead(in)) {
        return NOTHING;
      }
      if (isChunked ? !readChunks(in) : !readPlain(in)) {
        return NOTHING;
      }
      isBody = false;
      answers.answered(lane, status == OK);
    }
    return NOTHING;
  }

  private boolean readHead(ByteBuffer in) {
    int end = endOfHead(in);
    if (end < 0) {
      return false;
    }
    byte[] head = new byte[end - in.position()];
    in.get(head);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    status = Integer.parseInt(text.substring(9, 12));
    String folded = text.toLowerCase(Locale.ROOT);
    isChunked = folded.contains("transfer-encoding: chunked");
    left = isChunked ? -1 : header(folded, "content-length: ");
    index = header(folded, "x-consul-index: ");
    isBody = true;
    return true;
  }

  private static long header(String head, String name) {
    int at = head.indexOf(name);
    return at < 0
        ? 0
        : Long.parseLong(head.substring(at + name.length(), head.indexOf('\r', at)).trim());
  }

  private static int endOfHead(ByteBuffer in) {
    for (int i = in.position(); i + 3 < in.limit(); i++) {
      if (in.get(i) == '\r' && in.get(i + 2) == '\r') {
        return i + 4;
      }
    }
    return -1;
  }

  private boolean readPlain(ByteBuffer in) {
    int now = (int) Math.min(left, in.remaining());
    in.position(in.position() + now);
    left -= now;
    return left == 0;
  }

  /** A chunk's size stands in a line before it; {@code left} counts its bytes and the line end. */
  private boolean readChunks(ByteBuffer in) {
    while (true) {
      if (left > 0) {
        if (!readPlain(in)) {
          return false;
        }
        left = -1;
      }
      int end = in.position();
      while (end < in.limit() && in.get(end) != '\n') {
        end++;
      }
      if (end == in.limit()) {
        return false;
      }
      int size = 0;
      for (int i = in.position(); i < end - 1; i++) {
        size = size << 4 | Character.digit(in.get(i), 16);
      }
      if (size == 0) {
        if (in.limit() - end < 3) {
          return false;
        }
        in.position(end + 3);
        return true;
      }
      in.position(end + 1);
      left = size + 2L;
    }
  }
}
