package io.hanse.fsm.store;

import org.jspecify.annotations.Nullable;

/**
 * The trees of a version in the making: as the commands before left them, and over them what the
 * present command changes, which can be taken back.
 */
final class WorkingTrees {
  private final Tree[] trees;
  private final @Nullable TreeEditor[] editors = new TreeEditor[TableId.COUNT];

  /** Takes over the array. */
  WorkingTrees(Tree[] trees) {
    this.trees = trees;
  }

  /** As it is now: what is changed while it is scanned is not seen by the scan. */
  Tree tree(TableId table) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()] : editor.tree();
  }

  long valueId(TableId table, Key key) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].valueId(key.bytes()) : editor.valueId(key.bytes());
  }

  long modifyIndex(TableId table, Key key) {
    TreeEditor editor = editors[table.slot()];
    return editor == null
        ? trees[table.slot()].modifyIndex(key.bytes())
        : editor.modifyIndex(key.bytes());
  }

  int size(TableId table) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].size : editor.size();
  }

  TreeEditor editor(TableId table) {
    TreeEditor editor = editors[table.slot()];
    if (editor == null) {
      editor = new TreeEditor(trees[table.slot()]);
      editors[table.slot()] = editor;
    }
    return editor;
  }

  void clear(TableId table) {
    editors[table.slot()] = new TreeEditor(Tree.EMPTY);
  }

  /** Takes back what the present command changed. */
  void rollback() {
    for (int i = 0; i < editors.length; i++) {
      editors[i] = null;
    }
  }

  /** Ends the present command: its changes stay. */
  void finish() {
    for (int i = 0; i < editors.length; i++) {
      TreeEditor editor = editors[i];
      if (editor != null) {
        trees[i] = editor.tree();
        editors[i] = null;
      }
    }
  }

  /** What the finished commands left; not to be changed. */
  Tree[] finished() {
    return trees;
  }
}
