package io.hanse.http.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** As much of the tar format as an archive needs: plain files with short names. */
final class Tar {
  private static final int BLOCK = 512;
  private static final int NAME_BYTES = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_BYTES = 12;
  private static final int CHECKSUM_AT = 148;
  private static final int CHECKSUM_BYTES = 8;
  private static final int TYPE_AT = 156;
  private static final int MAGIC_AT = 257;

  /** A file in the tar. */
  record Member(String name, long size) {}

  private Tar() {}

  /** What stands before the content of a file. */
  static byte[] header(String name, long size, long seconds) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000600\0" + "0000000\0" + "0000000\0");
    put(header, SIZE_AT, octal(size, SIZE_BYTES - 1) + "\0");
    put(header, 136, octal(seconds, SIZE_BYTES - 1) + "\0");
    put(header, CHECKSUM_AT, " ".repeat(CHECKSUM_BYTES));
    header[TYPE_AT] = '0';
    put(header, MAGIC_AT, "ustar\0" + "00");
    put(header, CHECKSUM_AT, octal(sum(header), CHECKSUM_BYTES - 2) + "\0 ");
    return header;
  }

  /** Fills up the last block of a file. */
  static void pad(OutputStream out, long size) throws IOException {
    out.write(new byte[padding(size)]);
  }

  /** What ends a tar. */
  static void end(OutputStream out) throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private static int padding(long size) {
    return (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  /** The next file; empty at the end. */
  static Optional<Member> next(InputStream in) throws IOException {
    byte[] header = in.readNBytes(BLOCK);
    if (header.length == 0 || (header.length == BLOCK && isZero(header))) {
      return Optional.empty();
    }
    if (header.length < BLOCK) {
      throw new EOFException("unexpected EOF");
    }
    byte[] unsigned = header.clone();
    Arrays.fill(unsigned, CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES, (byte) ' ');
    if (number(header, CHECKSUM_AT, CHECKSUM_BYTES) != sum(unsigned)) {
      throw new IOException("archive/tar: invalid tar header");
    }
    int end = 0;
    while (end < NAME_BYTES && header[end] != 0) {
      end++;
    }
    String name = new String(header, 0, end, StandardCharsets.UTF_8);
    return Optional.of(new Member(name, number(header, SIZE_AT, SIZE_BYTES)));
  }

  /** Goes on to the block behind a file that was read to its end. */
  static void skipPadding(InputStream in, long size) throws IOException {
    int padding = padding(size);
    if (in.readNBytes(padding).length < padding) {
      throw new EOFException("unexpected EOF");
    }
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static String octal(long number, int digits) {
    return String.format(Locale.ROOT, "%0" + digits + "o", number);
  }

  private static long number(byte[] header, int at, int length) throws IOException {
    String text = new String(header, at, length, StandardCharsets.US_ASCII);
    try {
      return Long.parseLong(text.replace('\0', ' ').trim(), 8);
    } catch (NumberFormatException e) {
      throw new IOException("archive/tar: invalid tar header", e);
    }
  }

  private static long sum(byte[] header) {
    long sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    return sum;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }
}
