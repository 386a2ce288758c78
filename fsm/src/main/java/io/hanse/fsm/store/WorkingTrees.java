package io.hanse.fsm.store;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trees of a version in the making. All commands of an entry of the log edit the same copies of
 * the nodes that they change; what the present command changed is noted, and can be taken back.
 */
final class WorkingTrees {
  /** How a change is taken back: by the leaf that was there before, id 0 for none. */
  private sealed interface Undo {
    record Leaf(TreeEditor editor, byte[] key, long id, long modifyIndex) implements Undo {}

    /** Of a tree that was replaced. */
    record Whole(int slot, Tree tree) implements Undo {}
  }

  private final Tree[] trees;
  private final @Nullable TreeEditor[] editors = new TreeEditor[TableId.COUNT];
  private final List<Undo> undo = new ArrayList<>();

  /** Those that the present command replaced: to take that back takes back what came after it. */
  private final BitSet replaced = new BitSet(TableId.COUNT);

  /** Takes over the array. */
  WorkingTrees(Tree[] trees) {
    this.trees = trees;
  }

  /** In the order of keys. What is changed meanwhile is not seen by the scan. */
  void scan(TableId table, Key prefix, Key from, Tree.Visitor visitor) {
    TreeEditor editor = editors[table.slot()];
    if (editor == null) {
      trees[table.slot()].scan(prefix.bytes(), from.bytes(), visitor);
    } else {
      editor.scan(prefix.bytes(), from.bytes(), visitor);
    }
  }

  long valueId(TableId table, Key key) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].valueId(key.bytes()) : editor.valueId(key.bytes());
  }

  int size(TableId table) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].size : editor.size();
  }

  /** Answers the id replaced, 0 if the key is new. */
  long put(TableId table, byte[] key, long id, long modifyIndex) {
    TreeEditor editor = editor(table.slot());
    long oldId = editor.put(key, id, modifyIndex);
    note(table, editor, key, oldId);
    return oldId;
  }

  /** The modify index of the leaf that the last change of a tree replaced or removed. */
  long oldIndex(TableId table) {
    return editor(table.slot()).oldIndex();
  }

  /** Answers the id removed, 0 if there was none. */
  long remove(TableId table, byte[] key) {
    TreeEditor editor = editor(table.slot());
    long oldId = editor.remove(key);
    if (oldId != 0) {
      note(table, editor, key, oldId);
    }
    return oldId;
  }

  private void note(TableId table, TreeEditor editor, byte[] key, long oldId) {
    if (!replaced.get(table.slot())) {
      undo.add(new Undo.Leaf(editor, key, oldId, editor.oldIndex()));
    }
  }

  /** Puts another tree in place of one, and answers that. */
  Tree replace(TableId table, Tree tree) {
    int slot = table.slot();
    TreeEditor editor = editors[slot];
    Tree old = editor == null ? trees[slot] : editor.tree();
    undo.add(new Undo.Whole(slot, old));
    replaced.set(slot);
    editors[slot] = new TreeEditor(tree);
    return old;
  }

  private TreeEditor editor(int slot) {
    TreeEditor editor = editors[slot];
    if (editor == null) {
      editor = new TreeEditor(trees[slot]);
      editors[slot] = editor;
    }
    return editor;
  }

  /** Takes back what the present command changed, the last change first. */
  void rollback() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      if (undo.get(i) instanceof Undo.Leaf leaf) {
        if (leaf.id() == 0) {
          leaf.editor().remove(leaf.key());
        } else {
          leaf.editor().put(leaf.key(), leaf.id(), leaf.modifyIndex());
        }
      } else if (undo.get(i) instanceof Undo.Whole whole) {
        editors[whole.slot()] = new TreeEditor(whole.tree());
      }
    }
    finish();
  }

  /** Ends the present command: its changes stay. */
  void finish() {
    undo.clear();
    replaced.clear();
  }

  /** What the finished commands left; not to be changed. */
  Tree[] finished() {
    for (int i = 0; i < editors.length; i++) {
      TreeEditor editor = editors[i];
      if (editor != null) {
        trees[i] = editor.tree();
        editors[i] = null;
      }
    }
    return trees;
  }
}
