package io.hanse.fsm.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/** Writes numbers and bytes, big endian, and at the end their CRC-32C. */
final class SnapshotOutput {
  private static final int BUFFER_BYTES = 1 << 18;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private final CRC32C crc = new CRC32C();

  SnapshotOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  void putInt(int number) {
    room(Integer.BYTES).putInt(number);
  }

  void putLong(long number) {
    room(Long.BYTES).putLong(number);
  }

  void putBytes(byte[] bytes) {
    for (int from = 0; from < bytes.length; ) {
      int part = Math.min(bytes.length - from, room(1).remaining());
      buffer.put(bytes, from, part);
      from += part;
    }
  }

  /** Writes the checksum of all before it. */
  void finish() {
    flush();
    putLong(crc.getValue());
    flush();
  }

  private ByteBuffer room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() {
    buffer.flip();
    crc.update(buffer.duplicate());
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.clear();
  }
}
