package io.hanse.gateway.sniff;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes ClientHellos, legal and otherwise. */
public final class Hellos {
  private static final int RECORD_MAX = 16384;

  private Hellos() {}

  /** A hello in one record; a name of "" means none. */
  public static byte[] hello(String name) {
    return records(message(name, 32, false), RECORD_MAX);
  }

  /** A hello with a key share of the size given, before the name if {@code nameLast}. */
  public static byte[] hello(String name, int keyShareBytes, boolean nameLast, int recordBytes) {
    return records(message(name, keyShareBytes, nameLast), recordBytes);
  }

  /** Cuts a handshake message into records. */
  public static byte[] records(byte[] message, int recordBytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += recordBytes) {
      int length = Math.min(recordBytes, message.length - at);
      out.write(22);
      out.write(3);
      out.write(1);
      out.write(length >>> 8);
      out.write(length);
      out.write(message, at, length);
    }
    return out.toByteArray();
  }

  /** The handshake message alone. */
  public static byte[] message(String name, int keyShareBytes, boolean nameLast) {
    byte[] share = extension(51, new byte[keyShareBytes]);
    byte[] extensions =
        nameLast ? concat(share, serverName(name)) : concat(serverName(name), share);
    ByteBuffer body = ByteBuffer.allocate(2 + 32 + 1 + 32 + 2 + 4 + 2 + 2 + extensions.length);
    body.putShort((short) 0x0303).put(new byte[32]);
    body.put((byte) 32).put(new byte[32]);
    body.putShort((short) 4).putInt(0x13011302);
    body.put((byte) 1).put((byte) 0);
    body.putShort((short) extensions.length).put(extensions);
    ByteBuffer message = ByteBuffer.allocate(4 + body.capacity());
    message.putInt(1 << 24 | body.capacity()).put(body.array());
    return message.array();
  }

  private static byte[] serverName(String name) {
    if (name.isEmpty()) {
      return new byte[0];
    }
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer list = ByteBuffer.allocate(5 + bytes.length);
    list.putShort((short) (bytes.length + 3)).put((byte) 0).putShort((short) bytes.length);
    return extension(0, list.put(bytes).array());
  }

  private static byte[] extension(int type, byte[] content) {
    return ByteBuffer.allocate(4 + content.length)
        .putShort((short) type)
        .putShort((short) content.length)
        .put(content)
        .array();
  }

  static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }
}
