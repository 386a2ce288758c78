package io.hanse.fsm.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks what was packed by gzip and comes in parts: always as much as has come. It knows the form
 * that the JDK writes, one member with a header of no options, and no other.
 */
final class Unpacking implements ReadableByteChannel {
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int STEP_BYTES = 64 << 10;

  private static final int MAGIC_AND_METHOD = 0x1f8b_0800;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
  private final ByteBuffer trailer =
      ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** What is unpacked and not read, between position and limit. */
  private ByteBuffer unpacked = ByteBuffer.allocate(STEP_BYTES).flip();

  private ByteBuffer part = ByteBuffer.allocate(0);

  /** The next part; the one before must be used up. Not to be changed. */
  void give(byte[] next) {
    part = ByteBuffer.wrap(next);
  }

  /**
   * Unpacks a little more.
   *
   * @return whether anything came of it; if not, the part is used up
   */
  boolean unpackMore() throws IOException {
    takeInto(header);
    if (header.hasRemaining()) {
      return false;
    }
    if (header.getInt(0) != MAGIC_AND_METHOD) {
      throw new IOException("it is not packed in the way that is known");
    }
    int some = inflater.finished() ? 0 : inflate();
    if (inflater.finished()) {
      takeInto(trailer);
      if (!trailer.hasRemaining()) {
        requireRight();
      }
    }
    return some > 0;
  }

  private void takeInto(ByteBuffer fixed) {
    while (fixed.hasRemaining() && part.hasRemaining()) {
      fixed.put(part.get());
    }
  }

  private int inflate() throws IOException {
    if (inflater.needsInput()) {
      inflater.setInput(part);
    }
    makeRoom();
    int from = unpacked.limit();
    try {
      int some = inflater.inflate(unpacked.array(), from, STEP_BYTES);
      crc.update(unpacked.array(), from, some);
      unpacked.limit(from + some);
      if (some == 0 && inflater.needsDictionary()) {
        throw new IOException("it needs a dictionary");
      }
      return some;
    } catch (DataFormatException e) {
      throw new IOException("it cannot be unpacked", e);
    }
  }

  /** For one step behind the limit. It grows as far as the largest row needs. */
  private void makeRoom() {
    if (unpacked.capacity() - unpacked.limit() >= STEP_BYTES) {
      return;
    }
    int left = unpacked.remaining();
    ByteBuffer roomy =
        unpacked.capacity() - left >= STEP_BYTES
            ? unpacked.duplicate().clear()
            : ByteBuffer.allocate(2 * left + STEP_BYTES);
    System.arraycopy(unpacked.array(), unpacked.position(), roomy.array(), 0, left);
    unpacked = roomy.position(0).limit(left);
  }

  private void requireRight() throws IOException {
    boolean isRight =
        trailer.getInt(0) == (int) crc.getValue()
            && trailer.getInt(Integer.BYTES) == (int) inflater.getBytesWritten();
    if (!isRight || part.hasRemaining()) {
      throw new IOException("its end is not right");
    }
  }

  /** Whether the end was reached and is right. */
  boolean isFinished() {
    return !trailer.hasRemaining();
  }

  /** How much can be read. */
  int available() {
    return unpacked.remaining();
  }

  @Override
  public int read(ByteBuffer into) {
    if (!unpacked.hasRemaining()) {
      return -1;
    }
    int some = Math.min(into.remaining(), unpacked.remaining());
    into.put(unpacked.array(), unpacked.position(), some);
    unpacked.position(unpacked.position() + some);
    return some;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    inflater.end();
  }
}
