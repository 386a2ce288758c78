package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TreeTest {
  private static final String[] PREFIXES = {
    "", "k", "k/3", "k/3/", "k/4/1", "k/4/12", "z", "k/2/6"
  };

  private record Leaf(long id, long index) {}

  /** A tree and what should be in it. */
  private record Pair(Tree tree, Map<byte[], Leaf> model) {}

  @Property(tries = 12)
  void shouldAgreeWithAModelInEachVersionEvenOldOnes(@ForAll long seed) {
    Random random = new Random(seed);
    TreeMap<byte[], Leaf> model = new TreeMap<>(Arrays::compareUnsigned);
    List<Pair> versions = new ArrayList<>();
    Tree tree = Tree.EMPTY;
    int space = 1 + random.nextInt(3000);
    int deletes = random.nextInt(4);
    long id = 1;
    for (int version = 0; version < 60; version++) {
      TreeEditor editor = new TreeEditor(tree);
      for (int i = random.nextInt(200); i > 0; i--) {
        byte[] key = key(random, space);
        boolean isDelete = version > 40 ? random.nextInt(8) > 0 : random.nextInt(4) < deletes;
        Leaf leaf = new Leaf(id++, version * 10L + random.nextInt(10));
        Leaf old = isDelete ? model.remove(key) : model.put(key, leaf);
        long oldId = isDelete ? editor.remove(key) : editor.put(key, leaf.id(), leaf.index());
        if (oldId != (old == null ? 0 : old.id())) {
          throw new AssertionError("replaced " + oldId + " instead of " + old);
        }
      }
      tree = editor.tree();
      versions.add(new Pair(tree, new TreeMap<>(model)));
    }
    TreeEditor editor = new TreeEditor(tree);
    model.keySet().forEach(editor::remove);
    versions.add(new Pair(editor.tree(), new TreeMap<>(Arrays::compareUnsigned)));
    for (int i = 0; i < versions.size(); i += 7) {
      check(versions.get(i), random, space);
    }
    check(versions.get(versions.size() - 1), random, space);
  }

  private static void check(Pair version, Random random, int space) {
    Tree tree = version.tree();
    assertThat(tree.size).isEqualTo(version.model().size());
    for (String text : PREFIXES) {
      byte[] prefix = text.getBytes(StandardCharsets.UTF_8);
      byte[] from = random.nextBoolean() ? prefix : key(random, space);
      List<String> found = new ArrayList<>();
      tree.scan(prefix, from, (key, id, index) -> found.add(show(key, new Leaf(id, index))));
      List<String> expected = new ArrayList<>();
      long newest = 0;
      for (Map.Entry<byte[], Leaf> entry : version.model().entrySet()) {
        if (Tree.startsWith(entry.getKey(), prefix)) {
          newest = Math.max(newest, entry.getValue().index());
          if (Arrays.compareUnsigned(entry.getKey(), from) >= 0) {
            expected.add(show(entry.getKey(), entry.getValue()));
          }
        }
      }
      assertThat(found).as(text).isEqualTo(expected);
      assertThat(tree.newestUnder(prefix)).as(text).isEqualTo(newest);
    }
    for (int i = 0; i < 50; i++) {
      byte[] key = key(random, space);
      Leaf leaf = version.model().get(key);
      assertThat(tree.valueId(key)).isEqualTo(leaf == null ? 0 : leaf.id());
      assertThat(tree.modifyIndex(key)).isEqualTo(leaf == null ? 0 : leaf.index());
    }
  }

  @Test
  void shouldEndTheScanWhenTheVisitorHasEnough() {
    TreeEditor editor = new TreeEditor(Tree.EMPTY);
    for (int i = 0; i < 1000; i++) {
      editor.put(Key.EMPTY.then(i).bytes(), i + 1, 1);
    }
    List<Long> seen = new ArrayList<>();
    editor.tree().scan(new byte[0], new byte[0], (key, id, index) -> seen.add(id) && id < 70);
    assertThat(seen).hasSize(70);
  }

  private static String show(byte[] key, Leaf leaf) {
    return new String(key, StandardCharsets.UTF_8) + "=" + leaf;
  }

  private static byte[] key(Random random, int space) {
    String text = "k/" + random.nextInt(5) + "/" + Integer.toString(random.nextInt(space), 7);
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
