package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;

/** What entries are called. */
final class Names {
  private Names() {}

  /** For some kinds Consul says the same in words of its database. */
  static void require(ConfigEntry entry) {
    if (entry.getName().isEmpty()) {
      throw invalid("Name is required");
    }
  }
}
