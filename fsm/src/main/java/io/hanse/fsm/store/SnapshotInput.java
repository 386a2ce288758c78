package io.hanse.fsm.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32C;

/**
 * Reads what {@link SnapshotOutput} wrote. It knows how much there is, so that a damaged length is
 * noticed before memory is taken for it.
 */
final class SnapshotInput {
  private static final int BUFFER_BYTES = 1 << 18;

  private final ReadableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private final CRC32C crc = new CRC32C();

  /** Before the checksum. */
  private final long bytes;

  private long left;

  /** Up to where the buffer went into the checksum. */
  private int counted;

  SnapshotInput(ReadableByteChannel channel, long fileBytes) {
    this.channel = channel;
    bytes = fileBytes - Long.BYTES;
    left = bytes;
  }

  /** How far it was read. */
  long offset() {
    return bytes - left;
  }

  /** Whether the checksum is that of all that is left. */
  boolean isWhole() throws IOException {
    if (left < 0) {
      return false;
    }
    while (left > 0) {
      readBytes((int) Math.min(left, BUFFER_BYTES));
    }
    long expected = crcOfRead();
    return need(Long.BYTES).getLong() == expected;
  }

  /** How much was taken from the channel and not read; the checksum at the end counts. */
  int buffered() {
    return buffer.remaining();
  }

  /** What {@link #readInt} will answer behind so many bytes of the next eight. */
  int peekInt(int behind) throws IOException {
    ByteBuffer ahead = need(behind + Integer.BYTES);
    return ahead.getInt(ahead.position() + behind);
  }

  int readInt() throws IOException {
    take(Integer.BYTES);
    return need(Integer.BYTES).getInt();
  }

  long readLong() throws IOException {
    take(Long.BYTES);
    return need(Long.BYTES).getLong();
  }

  byte[] readBytes(int count) throws IOException {
    take(count);
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int part = Math.min(count - at, need(1).remaining());
      buffer.get(bytes, at, part);
      at += part;
    }
    return bytes;
  }

  /** Fails unless all was read and is what was written. */
  void finish() throws IOException {
    if (left != 0) {
      throw new IOException(left + " bytes more than expected");
    }
    // What is buffered of the checksum itself must not go into it.
    long expected = crcOfRead();
    if (need(Long.BYTES).getLong() != expected) {
      throw new IOException("the checksum differs");
    }
  }

  private long crcOfRead() {
    crc.update(buffer.duplicate().position(counted).limit(buffer.position()));
    counted = buffer.position();
    return crc.getValue();
  }

  private void take(long count) throws IOException {
    if (count < 0 || count > left) {
      throw new EOFException("cut short, or a damaged length: " + count + " of " + left);
    }
    left -= count;
  }

  private ByteBuffer need(int count) throws IOException {
    if (buffer.remaining() < count) {
      crcOfRead();
      buffer.compact();
      while (buffer.position() < count) {
        if (channel.read(buffer) < 0) {
          throw new EOFException("cut short");
        }
      }
      buffer.flip();
      counted = 0;
    }
    return buffer;
  }
}
