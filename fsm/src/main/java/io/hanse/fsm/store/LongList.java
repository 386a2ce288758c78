package io.hanse.fsm.store;

import java.util.Arrays;

/** Numbers without boxes. */
final class LongList {
  private long[] numbers = new long[8];
  private int size;

  void add(long number) {
    if (size == numbers.length) {
      numbers = Arrays.copyOf(numbers, size * 2);
    }
    numbers[size++] = number;
  }

  long at(int i) {
    return numbers[i];
  }

  int size() {
    return size;
  }

  void cutTo(int newSize) {
    size = newSize;
  }
}
