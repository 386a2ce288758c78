package io.hanse.fsm.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable version of a sorted map, from keys in unsigned order to (value id, modify index): a
 * B+tree whose next version shares all nodes that did not change. Inner nodes keep the largest
 * modify index below each child, so that the newest change under a prefix takes O(height).
 */
final class Tree {
  static final Tree EMPTY =
      new Tree(new Leaf(SortedKeys.NONE, PackedNumbers.NONE, PackedNumbers.NONE), 0);

  /** Takes leaves in key order; ends the scan by answering false. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(byte[] key, long valueId, long modifyIndex);
  }

  final Node root;
  final int size;

  Tree(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  /** The id of the key's value; 0 if there is none. */
  long valueId(byte[] key) {
    return valueId(root, key);
  }

  /** 0 if there is no such key. */
  long modifyIndex(byte[] key) {
    return modifyIndex(root, key);
  }

  static long valueId(Node root, byte[] key) {
    Leaf leaf = leafOf(root, key);
    int at = leaf.keys.find(key);
    return at < 0 ? 0 : leaf.ids.get(at);
  }

  static long modifyIndex(Node root, byte[] key) {
    Leaf leaf = leafOf(root, key);
    int at = leaf.keys.find(key);
    return at < 0 ? 0 : leaf.indexes.get(at);
  }

  /** The leaves whose keys begin with the prefix and are not below {@code from}. */
  void scan(byte[] prefix, byte[] from, Visitor visitor) {
    byte[] low = Arrays.compareUnsigned(from, prefix) > 0 ? from : prefix;
    scan(root, prefix, low, visitor);
  }

  /** Of the leaves under the prefix those with a modify index above the one given. */
  void scanNewer(byte[] prefix, long since, Visitor visitor) {
    scanNewer(root, prefix, since, visitor);
  }

  /** The largest modify index under the prefix; 0 if there is no key. */
  long newestUnder(byte[] prefix) {
    return newest(root, prefix, null);
  }

  private static Leaf leafOf(Node node, byte[] key) {
    Node at = node;
    while (at instanceof Inner inner) {
      at = inner.kids[inner.childOf(key)];
    }
    return (Leaf) at;
  }

  private static boolean scan(Node node, byte[] prefix, byte[] low, Visitor visitor) {
    if (node instanceof Inner inner) {
      for (int i = inner.childOf(low); i < inner.kids.length; i++) {
        if (i > 0 && isPast(inner.separators[i], prefix)) {
          return true;
        }
        if (!scan(inner.kids[i], prefix, low, visitor)) {
          return false;
        }
      }
      return true;
    }
    Leaf leaf = (Leaf) node;
    for (int i = leaf.keys.firstNotBelow(low); i < leaf.size(); i++) {
      if (!leaf.keys.startsWith(i, prefix)) {
        return true;
      }
      if (!visitor.visit(leaf.keys.key(i), leaf.ids.get(i), leaf.indexes.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean scanNewer(Node node, byte[] prefix, long since, Visitor visitor) {
    if (node instanceof Inner inner) {
      for (int i = inner.childOf(prefix); i < inner.kids.length; i++) {
        if (i > 0 && isPast(inner.separators[i], prefix)) {
          return true;
        }
        if (inner.newest[i] > since && !scanNewer(inner.kids[i], prefix, since, visitor)) {
          return false;
        }
      }
      return true;
    }
    return scan(
        node, prefix, prefix, (key, id, index) -> index <= since || visitor.visit(key, id, index));
  }

  /**
   * @param next the first separator behind the node, null at the right edge of the tree
   */
  private static long newest(Node node, byte[] prefix, byte @Nullable [] next) {
    long newest = 0;
    if (node instanceof Leaf leaf) {
      for (int i = leaf.keys.firstNotBelow(prefix);
          i < leaf.size() && leaf.keys.startsWith(i, prefix);
          i++) {
        newest = Math.max(newest, leaf.indexes.get(i));
      }
      return newest;
    }
    Inner inner = (Inner) node;
    for (int i = inner.childOf(prefix); i < inner.kids.length; i++) {
      if (i > 0 && isPast(inner.separators[i], prefix)) {
        break;
      }
      byte[] after = i + 1 < inner.kids.length ? inner.separators[i + 1] : next;
      boolean begins = prefix.length == 0 || (i > 0 && startsWith(inner.separators[i], prefix));
      boolean ends = prefix.length == 0 || (after != null && startsWith(after, prefix));
      newest =
          Math.max(newest, begins && ends ? inner.newest[i] : newest(inner.kids[i], prefix, after));
    }
    return newest;
  }

  private static boolean isPast(byte[] key, byte[] prefix) {
    return Arrays.compareUnsigned(key, prefix) > 0 && !startsWith(key, prefix);
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  abstract static sealed class Node permits Leaf, Inner {
    abstract int size();

    abstract long newest();

    /** Not above any key of this node. */
    abstract byte[] first();
  }

  static final class Leaf extends Node {
    final SortedKeys keys;
    final PackedNumbers ids;
    final PackedNumbers indexes;

    Leaf(SortedKeys keys, PackedNumbers ids, PackedNumbers indexes) {
      this.keys = keys;
      this.ids = ids;
      this.indexes = indexes;
    }

    Leaf with(int i, long id, long modifyIndex) {
      return new Leaf(keys, ids.with(i, id), indexes.with(i, modifyIndex));
    }

    Leaf insert(int i, byte[] key, long id, long modifyIndex) {
      return new Leaf(keys.insert(i, key), ids.insert(i, id), indexes.insert(i, modifyIndex));
    }

    Leaf delete(int i) {
      return new Leaf(keys.delete(i), ids.delete(i), indexes.delete(i));
    }

    Leaf range(int from, int to) {
      return new Leaf(keys.range(from, to), ids.range(from, to), indexes.range(from, to));
    }

    Leaf then(Leaf others) {
      return new Leaf(keys.then(others.keys), ids.then(others.ids), indexes.then(others.indexes));
    }

    @Override
    int size() {
      return keys.size();
    }

    @Override
    long newest() {
      return indexes.largest();
    }

    @Override
    byte[] first() {
      return keys.key(0);
    }
  }

  static final class Inner extends Node {
    /** Who made this node and may still change it. */
    final Object owner;

    /** Each is not above any key of the child; the first one is not compared with. */
    byte[][] separators;

    Node[] kids;
    long[] newest;

    Inner(Object owner, byte[][] separators, Node[] kids, long[] newest) {
      this.owner = owner;
      this.separators = separators;
      this.kids = kids;
      this.newest = newest;
    }

    @Override
    int size() {
      return kids.length;
    }

    @Override
    long newest() {
      long largest = 0;
      for (long number : newest) {
        largest = Math.max(largest, number);
      }
      return largest;
    }

    @Override
    byte[] first() {
      return separators[0];
    }

    int childOf(byte[] key) {
      int low = 1;
      int high = kids.length - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        if (Arrays.compareUnsigned(separators[middle], key) <= 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return low - 1;
    }
  }
}
