package io.hanse.fsm.store;

import io.hanse.fsm.store.Tree.Inner;
import io.hanse.fsm.store.Tree.Leaf;
import io.hanse.fsm.store.Tree.Node;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next version of a tree. It copies the nodes on the path of a change once and edits its
 * own copies of inner ones in place; the tree that it began with stays as it is. Used by one
 * thread.
 */
final class TreeEditor {
  private static final int FAN_OUT = 32;

  /** A smaller node is merged with a neighbour where both fit into one. */
  private static final int SPARSE = FAN_OUT / 4;

  private Object owner = new Object();
  private Node root;
  private int size;

  /** What a recursion found at the leaf: the id that was replaced or removed, 0 if none. */
  private long oldId;

  /** The modify index of that leaf. */
  private long oldIndex;

  /** How many scans of the present root are under way. */
  private int scans;

  /** The right half, where a recursion split its node. */
  private @Nullable Node split;

  TreeEditor(Tree base) {
    root = base.root;
    size = base.size;
  }

  /** The version made so far; what is changed from now on is not seen by it. */
  Tree tree() {
    owner = new Object();
    return new Tree(root, size);
  }

  /** Scans the version made so far. What is changed meanwhile is not seen by the scan. */
  void scan(byte[] prefix, byte[] from, Tree.Visitor visitor) {
    scans++;
    try {
      new Tree(root, size).scan(prefix, from, visitor);
    } finally {
      scans--;
    }
  }

  long valueId(byte[] key) {
    return Tree.valueId(root, key);
  }

  int size() {
    return size;
  }

  /** Of the leaf that the last call of {@link #put} or {@link #remove} replaced or removed. */
  long oldIndex() {
    return oldIndex;
  }

  /** Nodes that a scan may be at are left as they are. */
  private void begin() {
    oldId = 0;
    split = null;
    if (scans > 0) {
      owner = new Object();
    }
  }

  /** Answers the id replaced, 0 if the key is new. */
  long put(byte[] key, long id, long modifyIndex) {
    begin();
    Node left = put(root, key, id, modifyIndex);
    Node right = split;
    root =
        right == null
            ? left
            : new Inner(
                owner,
                new byte[][] {left.first(), right.first()},
                new Node[] {left, right},
                new long[] {left.newest(), right.newest()});
    if (oldId == 0) {
      size++;
    }
    return oldId;
  }

  /** Answers the id removed, 0 if there was none. */
  long remove(byte[] key) {
    begin();
    Node node = remove(root, key);
    while (node instanceof Inner inner && inner.kids.length == 1) {
      node = inner.kids[0];
    }
    root = node.size() == 0 ? Tree.EMPTY.root : node;
    if (oldId != 0) {
      size--;
    }
    return oldId;
  }

  private Node put(Node node, byte[] key, long id, long modifyIndex) {
    if (node instanceof Leaf leaf) {
      return put(leaf, key, id, modifyIndex);
    }
    Inner inner = own((Inner) node);
    int i = inner.childOf(key);
    inner.kids[i] = put(inner.kids[i], key, id, modifyIndex);
    Node right = split;
    if (right == null) {
      inner.newest[i] = modifyIndex >= inner.newest[i] ? modifyIndex : inner.kids[i].newest();
      return inner;
    }
    inner.newest[i] = inner.kids[i].newest();
    split = null;
    inner.separators = insert(inner.separators, i + 1, right.first());
    inner.kids = insert(inner.kids, i + 1, right);
    inner.newest = insert(inner.newest, i + 1, right.newest());
    if (inner.kids.length > FAN_OUT) {
      int end = inner.kids.length;
      int at = splitAt(i + 1, end);
      split =
          new Inner(
              owner,
              Arrays.copyOfRange(inner.separators, at, end),
              Arrays.copyOfRange(inner.kids, at, end),
              Arrays.copyOfRange(inner.newest, at, end));
      inner.separators = Arrays.copyOf(inner.separators, at);
      inner.kids = Arrays.copyOf(inner.kids, at);
      inner.newest = Arrays.copyOf(inner.newest, at);
    }
    return inner;
  }

  private Leaf put(Leaf leaf, byte[] key, long id, long modifyIndex) {
    int i = leaf.keys.find(key);
    if (i >= 0) {
      oldId = leaf.ids.get(i);
      oldIndex = leaf.indexes.get(i);
      return leaf.with(i, id, modifyIndex);
    }
    i = ~i;
    Leaf longer = leaf.insert(i, key, id, modifyIndex);
    int end = longer.size();
    if (end <= FAN_OUT) {
      return longer;
    }
    int at = splitAt(i, end);
    split = longer.range(at, end);
    return longer.range(0, at);
  }

  /** In the middle; but keys that come in ascending order shall leave full nodes behind. */
  private static int splitAt(int inserted, int end) {
    return inserted == end - 1 ? end - 2 : end / 2;
  }

  private Node remove(Node node, byte[] key) {
    if (node instanceof Leaf leaf) {
      int i = leaf.keys.find(key);
      if (i < 0) {
        return leaf;
      }
      oldId = leaf.ids.get(i);
      oldIndex = leaf.indexes.get(i);
      return leaf.delete(i);
    }
    Inner inner = (Inner) node;
    int i = inner.childOf(key);
    Node kid = remove(inner.kids[i], key);
    if (oldId == 0) {
      return inner;
    }
    inner = own(inner);
    inner.kids[i] = kid;
    if (kid.size() == 0) {
      drop(inner, i);
      return inner;
    }
    if (oldIndex == inner.newest[i]) {
      inner.newest[i] = kid.newest();
    }
    if (kid.size() < SPARSE && inner.kids.length > 1) {
      mergeAt(inner, i == 0 ? 0 : i - 1);
    }
    return inner;
  }

  private void mergeAt(Inner inner, int left) {
    Node a = inner.kids[left];
    Node b = inner.kids[left + 1];
    if (a.size() + b.size() > FAN_OUT) {
      return;
    }
    inner.kids[left] = merge(a, b, inner.separators[left + 1]);
    inner.newest[left] = inner.kids[left].newest();
    drop(inner, left + 1);
  }

  private static void drop(Inner inner, int i) {
    inner.separators = delete(inner.separators, i);
    inner.kids = delete(inner.kids, i);
    inner.newest = delete(inner.newest, i);
  }

  private Node merge(Node a, Node b, byte[] separator) {
    if (a instanceof Leaf left) {
      return left.then((Leaf) b);
    }
    Inner left = (Inner) a;
    Inner right = (Inner) b;
    byte[][] separators = join(left.separators, right.separators);
    separators[left.separators.length] = separator;
    return new Inner(
        owner, separators, join(left.kids, right.kids), join(left.newest, right.newest));
  }

  private Inner own(Inner inner) {
    return inner.owner == owner
        ? inner
        : new Inner(owner, inner.separators.clone(), inner.kids.clone(), inner.newest.clone());
  }

  private static <T> T[] insert(T[] array, int i, T element) {
    T[] longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, i, longer, i + 1, array.length - i);
    longer[i] = element;
    return longer;
  }

  private static long[] insert(long[] array, int i, long element) {
    long[] longer = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, i, longer, i + 1, array.length - i);
    longer[i] = element;
    return longer;
  }

  private static <T> T[] delete(T[] array, int i) {
    T[] shorter = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, i + 1, shorter, i, shorter.length - i);
    return shorter;
  }

  private static long[] delete(long[] array, int i) {
    long[] shorter = Arrays.copyOf(array, array.length - 1);
    System.arraycopy(array, i + 1, shorter, i, shorter.length - i);
    return shorter;
  }

  private static <T> T[] join(T[] a, T[] b) {
    T[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static long[] join(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
