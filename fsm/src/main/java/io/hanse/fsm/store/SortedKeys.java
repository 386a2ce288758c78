package io.hanse.fsm.store;

import java.util.Arrays;

/**
 * The keys of a leaf of a {@link Tree}, in one array: what all begin with, once, then the rest of
 * each. An array for each key would take twice the memory, and keys are what takes most. Immutable.
 */
final class SortedKeys {
  static final SortedKeys NONE = new SortedKeys(new byte[0], 0, new int[0]);

  private final byte[] bytes;

  /** How many bytes all keys have in common. */
  private final int shared;

  /** Where the rest of each ends. */
  private final int[] ends;

  private SortedKeys(byte[] bytes, int shared, int[] ends) {
    this.bytes = bytes;
    this.shared = shared;
    this.ends = ends;
  }

  int size() {
    return ends.length;
  }

  private int start(int i) {
    return i == 0 ? shared : ends[i - 1];
  }

  byte[] key(int i) {
    int start = start(i);
    int rest = ends[i] - start;
    byte[] key = Arrays.copyOf(bytes, shared + rest);
    System.arraycopy(bytes, start, key, shared, rest);
    return key;
  }

  /** Where the key is, or the complement of where it would be. */
  int find(byte[] key) {
    int order = Arrays.compareUnsigned(bytes, 0, shared, key, 0, Math.min(shared, key.length));
    if (order != 0) {
      return order > 0 ? ~0 : ~size();
    }
    int low = 0;
    int high = ends.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      order = Arrays.compareUnsigned(bytes, start(middle), ends[middle], key, shared, key.length);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return ~low;
  }

  int firstNotBelow(byte[] key) {
    int at = find(key);
    return at < 0 ? ~at : at;
  }

  boolean startsWith(int i, byte[] prefix) {
    int ofShared = Math.min(shared, prefix.length);
    if (!Arrays.equals(bytes, 0, ofShared, prefix, 0, ofShared)) {
      return false;
    }
    int start = start(i);
    int ofRest = prefix.length - ofShared;
    return ends[i] - start >= ofRest
        && Arrays.equals(bytes, start, start + ofRest, prefix, ofShared, prefix.length);
  }

  /** With one more, before the one at the place given, where it belongs. */
  SortedKeys insert(int at, byte[] key) {
    int size = size();
    if (size == 0) {
      return new SortedKeys(key.clone(), key.length, new int[] {key.length});
    }
    int differs = Arrays.mismatch(bytes, 0, shared, key, 0, key.length);
    int common = differs < 0 ? shared : Math.min(differs, shared);
    if (common == shared) {
      return insertRest(at, key);
    }
    int longer = shared - common;
    int rest = key.length - common;
    byte[] all = new byte[bytes.length + longer * (size - 1) + rest];
    int[] newEnds = new int[size + 1];
    System.arraycopy(bytes, 0, all, 0, common);
    int to = common;
    for (int i = 0; i <= size; i++) {
      if (i == at) {
        System.arraycopy(key, common, all, to, rest);
        to += rest;
        newEnds[i] = to;
      }
      if (i < size) {
        System.arraycopy(bytes, common, all, to, longer);
        int start = start(i);
        System.arraycopy(bytes, start, all, to + longer, ends[i] - start);
        to += longer + ends[i] - start;
        newEnds[i < at ? i : i + 1] = to;
      }
    }
    return new SortedKeys(all, common, newEnds);
  }

  private SortedKeys insertRest(int at, byte[] key) {
    int start = start(at);
    int rest = key.length - shared;
    byte[] all = new byte[bytes.length + rest];
    System.arraycopy(bytes, 0, all, 0, start);
    System.arraycopy(key, shared, all, start, rest);
    System.arraycopy(bytes, start, all, start + rest, bytes.length - start);
    int[] newEnds = new int[ends.length + 1];
    System.arraycopy(ends, 0, newEnds, 0, at);
    newEnds[at] = start + rest;
    for (int i = at; i < ends.length; i++) {
      newEnds[i + 1] = ends[i] + rest;
    }
    return new SortedKeys(all, shared, newEnds);
  }

  SortedKeys delete(int at) {
    int start = start(at);
    int gone = ends[at] - start;
    byte[] left = new byte[bytes.length - gone];
    System.arraycopy(bytes, 0, left, 0, start);
    System.arraycopy(bytes, ends[at], left, start, bytes.length - ends[at]);
    int[] newEnds = new int[ends.length - 1];
    for (int i = 0; i < newEnds.length; i++) {
      newEnds[i] = i < at ? ends[i] : ends[i + 1] - gone;
    }
    return newEnds.length == 0 ? NONE : new SortedKeys(left, shared, newEnds);
  }

  SortedKeys range(int from, int to) {
    byte[][] keys = new byte[to - from][];
    for (int i = from; i < to; i++) {
      keys[i - from] = key(i);
    }
    return keys.length == 0 ? NONE : of(keys);
  }

  /** Followed by others, which are all above. */
  SortedKeys then(SortedKeys others) {
    byte[][] keys = new byte[size() + others.size()][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = i < size() ? key(i) : others.key(i - size());
    }
    return keys.length == 0 ? NONE : of(keys);
  }

  /** At least one. */
  static SortedKeys of(byte[][] keys) {
    byte[] first = keys[0];
    byte[] last = keys[keys.length - 1];
    int differs = Arrays.mismatch(first, last);
    int common = differs < 0 ? first.length : differs;
    int total = common;
    for (byte[] key : keys) {
      total += key.length - common;
    }
    byte[] all = Arrays.copyOf(first, total);
    int[] ends = new int[keys.length];
    int to = common;
    for (int i = 0; i < keys.length; i++) {
      int rest = keys[i].length - common;
      System.arraycopy(keys[i], common, all, to, rest);
      to += rest;
      ends[i] = to;
    }
    return new SortedKeys(all, common, ends);
  }
}
