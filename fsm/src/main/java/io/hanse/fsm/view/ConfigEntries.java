package io.hanse.fsm.view;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** Config entries by kind and name. */
public final class ConfigEntries {
  private final Rows rows;

  public ConfigEntries(Rows rows) {
    this.rows = rows;
  }

  public Optional<ConfigEntry> entry(String kind, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** All of a kind by name; of all kinds for "". */
  public List<ConfigEntry> ofKind(String kind) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The protocol of a service: its service-defaults, else proxy-defaults, else "tcp". */
  public String protocolOf(String service) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
