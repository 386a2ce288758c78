package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TreeSorterTest {
  private record Leaf(long key, long id, long index) {}

  private static byte[] key(long number) {
    return ByteBuffer.allocate(Long.BYTES + 1).putLong(number).array();
  }

  private static List<Leaf> leaves(Tree tree) {
    List<Leaf> found = new ArrayList<>();
    tree.scan(
        new byte[0],
        new byte[0],
        (key, id, index) -> found.add(new Leaf(ByteBuffer.wrap(key).getLong(), id, index)));
    return found;
  }

  /** What the editor makes of the same, one after the other, and what both become by changes. */
  private static void requireSame(List<Long> keys, long seed) {
    TreeEditor editor = new TreeEditor(Tree.EMPTY);
    TreeSorter sorter = new TreeSorter();
    Random random = new Random(seed);
    for (long key : keys) {
      long index = random.nextInt(1_000);
      editor.put(key(key), 2 * key + 2, index);
      sorter.add(key(key), 2 * key + 2, index);
    }
    Tree edited = editor.tree();
    Tree sorted = sorter.tree();
    assertThat(sorted.size).isEqualTo(edited.size);
    assertThat(leaves(sorted)).isEqualTo(leaves(edited));
    assertThat(sorted.newestUnder(new byte[0])).isEqualTo(edited.newestUnder(new byte[0]));
    byte[] prefix = {0, 0, 0, 0, 0, 0};
    assertThat(sorted.newestUnder(prefix)).isEqualTo(edited.newestUnder(prefix));

    TreeEditor goesOn = new TreeEditor(sorted);
    List<Long> changed = new ArrayList<>(keys);
    Collections.shuffle(changed, random);
    for (long key : changed.subList(0, changed.size() / 2)) {
      editor.remove(key(key));
      goesOn.remove(key(key));
      editor.put(key(key + 1_000_000), 4 * key + 2, 7);
      goesOn.put(key(key + 1_000_000), 4 * key + 2, 7);
    }
    assertThat(leaves(goesOn.tree())).isEqualTo(leaves(editor.tree()));
    assertThat(leaves(sorted)).as("what was built stays").isEqualTo(leaves(edited));
  }

  private static List<Long> shuffled(int count, long seed) {
    List<Long> keys = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      keys.add(i * 3);
    }
    Collections.shuffle(keys, new Random(seed));
    return keys;
  }

  @Property(tries = 60)
  void shouldBuildWhatTheEditorBuilds(@ForAll @IntRange(max = 3_000) int count, @ForAll long seed) {
    requireSame(shuffled(count, seed), seed);
  }

  @Property(tries = 20)
  void shouldBuildFromKeysInOrder(@ForAll @IntRange(max = 3_000) int count, @ForAll long seed) {
    List<Long> keys = shuffled(count, seed);
    Collections.sort(keys);
    requireSame(keys, seed);
  }

  @Example
  void shouldMergeRuns() {
    List<Long> keys = shuffled(100_000, 5);
    // A beginning in order, then several runs.
    List<Long> first = new ArrayList<>(keys.subList(0, 1_000));
    Collections.sort(first);
    first.addAll(keys.subList(1_000, keys.size()));
    requireSame(first, 5);
  }
}
