package io.hanse.cli.config;

import io.hanse.cli.value.Value;

/** One key and its value, as a flag sets it. */
public record ConfigSource(String key, Value value) {
  Value.Fields tree() {
    return ConfigTree.of(key, value);
  }
}
