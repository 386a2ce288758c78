package io.hanse.fsm.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The key of a row, or the beginning of some: segments of UTF-8, each ended by a zero byte, so that
 * no segment is a prefix of another one. Keys order by unsigned bytes.
 */
public final class Key implements Comparable<Key> {
  public static final Key EMPTY = new Key(new byte[0]);

  /** The key of the only row of a table. */
  public static final Key ONLY = new Key(new byte[1]);

  /** Of the catalog keys of this cluster. */
  private static final Key OWN = of("", "", "");

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes over the array. */
  static Key wrap(byte[] bytes) {
    return new Key(bytes);
  }

  public static Key of(String... segments) {
    Key key = EMPTY;
    for (String segment : segments) {
      key = key.then(segment);
    }
    return key;
  }

  /**
   * The beginning of all catalog keys of a peer, "" for this cluster's own; one partition and
   * namespace.
   */
  public static Key ofPeer(String peer) {
    if (peer.isEmpty()) {
      return OWN;
    }
    // The name, its end, and two empty segments.
    byte[] text = fold(peer).getBytes(StandardCharsets.UTF_8);
    return new Key(Arrays.copyOf(text, text.length + 3));
  }

  public Key then(String segment) {
    byte[] text = segment.getBytes(StandardCharsets.UTF_8);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + text.length + 1); // The last stays zero.
    System.arraycopy(text, 0, longer, bytes.length, text.length);
    return new Key(longer);
  }

  /** A segment that is matched without case. */
  public Key thenFolded(String segment) {
    return then(fold(segment));
  }

  /** A beginning of a segment: what follows it is open. */
  public Key thenPrefix(String beginning) {
    byte[] text = beginning.getBytes(StandardCharsets.UTF_8);
    byte[] longer = Arrays.copyOf(bytes, bytes.length + text.length);
    System.arraycopy(text, 0, longer, bytes.length, text.length);
    return new Key(longer);
  }

  /** Eight bytes, ordered as the number, not ended. */
  public Key then(long number) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      longer[bytes.length + i] = (byte) (number >>> (56 - 8 * i));
    }
    return new Key(longer);
  }

  public Key then(Key other) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, longer, bytes.length, other.bytes.length);
    return new Key(longer);
  }

  static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public boolean startsWith(Key beginning) {
    return Tree.startsWith(bytes, beginning.bytes);
  }

  /**
   * The text of the last segment, behind a beginning of the same length as the one given.
   *
   * @throws IndexOutOfBoundsException the key is shorter
   */
  public String behind(Key beginning) {
    int from = beginning.bytes.length;
    return new String(bytes, from, bytes.length - from - 1, StandardCharsets.UTF_8);
  }

  /**
   * The text of the segment that follows a beginning, whatever comes behind it.
   *
   * @throws IllegalArgumentException the key does not go on with a segment there
   */
  public String segmentBehind(Key beginning) {
    int from = beginning.bytes.length;
    for (int end = from; end < bytes.length; end++) {
      if (bytes[end] == 0) {
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
      }
    }
    throw new IllegalArgumentException(this + " has no segment behind " + beginning);
  }

  /** The first so many bytes. */
  Key first(int length) {
    return length == bytes.length ? this : new Key(Arrays.copyOf(bytes, length));
  }

  /** The text of a key that is one segment. */
  public String onlySegment() {
    return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
  }

  /** The number with which the key begins, as {@link #then(long)} put it there. */
  public long leadingNumber() {
    return ByteBuffer.wrap(bytes).getLong();
  }

  /** Not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8).replace('\0', '/');
  }
}
