package io.hanse.fsm.view;

import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** The key-value store. */
public final class Kv {
  private final Rows rows;

  public Kv(Rows rows) {
    this.rows = rows;
  }

  public Optional<KvEntry> get(String key) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<KvEntry> list(String prefix) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /**
   * The keys below a prefix; with a separator, cut after its first occurrence behind the prefix.
   */
  public List<String> keys(String prefix, String separator) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
