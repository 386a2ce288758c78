package io.hanse.fsm.store;

import java.util.Arrays;

/**
 * Numbers of a leaf of a {@link Tree}: those of neighbours are near to each other, so each takes as
 * many bytes as its distance from the least one needs. Immutable.
 */
final class PackedNumbers {
  static final PackedNumbers NONE = new PackedNumbers(0, 1, new byte[0]);

  private final long least;

  /** Bytes of each. */
  private final int width;

  private final byte[] bytes;

  private PackedNumbers(long least, int width, byte[] bytes) {
    this.least = least;
    this.width = width;
    this.bytes = bytes;
  }

  static PackedNumbers of(long[] numbers) {
    if (numbers.length == 0) {
      return NONE;
    }
    long least = Long.MAX_VALUE;
    long largest = Long.MIN_VALUE;
    for (long number : numbers) {
      least = Math.min(least, number);
      largest = Math.max(largest, number);
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros(largest - least);
    int width = Math.max(1, (bits + Byte.SIZE - 1) / Byte.SIZE);
    byte[] bytes = new byte[numbers.length * width];
    PackedNumbers packed = new PackedNumbers(least, width, bytes);
    for (int i = 0; i < numbers.length; i++) {
      packed.write(bytes, i, numbers[i]);
    }
    return packed;
  }

  private void write(byte[] into, int i, long number) {
    long distance = number - least;
    for (int at = i * width; at < (i + 1) * width; at++) {
      into[at] = (byte) distance;
      distance >>>= Byte.SIZE;
    }
  }

  private boolean fits(long number) {
    long distance = number - least;
    return width == Long.BYTES || (distance >>> (width * Byte.SIZE)) == 0;
  }

  long get(int i) {
    long distance = 0;
    for (int at = (i + 1) * width - 1; at >= i * width; at--) {
      distance = (distance << Byte.SIZE) | (bytes[at] & 0xff);
    }
    return least + distance;
  }

  int size() {
    return bytes.length / width;
  }

  long largest() {
    long largest = 0;
    for (int i = size() - 1; i >= 0; i--) {
      largest = Math.max(largest, get(i));
    }
    return largest;
  }

  private long[] all() {
    long[] all = new long[size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = get(i);
    }
    return all;
  }

  PackedNumbers with(int i, long number) {
    if (fits(number)) {
      byte[] changed = bytes.clone();
      write(changed, i, number);
      return new PackedNumbers(least, width, changed);
    }
    long[] all = all();
    all[i] = number;
    return of(all);
  }

  PackedNumbers insert(int i, long number) {
    if (bytes.length > 0 && fits(number)) {
      byte[] longer = new byte[bytes.length + width];
      System.arraycopy(bytes, 0, longer, 0, i * width);
      write(longer, i, number);
      System.arraycopy(bytes, i * width, longer, (i + 1) * width, bytes.length - i * width);
      return new PackedNumbers(least, width, longer);
    }
    long[] all = new long[size() + 1];
    for (int j = 0; j < all.length; j++) {
      all[j] = j == i ? number : get(j < i ? j : j - 1);
    }
    return of(all);
  }

  PackedNumbers delete(int i) {
    byte[] shorter = new byte[bytes.length - width];
    System.arraycopy(bytes, 0, shorter, 0, i * width);
    System.arraycopy(bytes, (i + 1) * width, shorter, i * width, shorter.length - i * width);
    return new PackedNumbers(least, width, shorter);
  }

  PackedNumbers range(int from, int to) {
    return of(Arrays.copyOfRange(all(), from, to));
  }

  PackedNumbers then(PackedNumbers others) {
    long[] both = Arrays.copyOf(all(), size() + others.size());
    System.arraycopy(others.all(), 0, both, size(), others.size());
    return of(both);
  }
}
