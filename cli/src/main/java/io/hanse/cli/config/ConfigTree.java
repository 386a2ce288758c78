package io.hanse.cli.config;

import io.hanse.cli.config.ConfigKeys.Kind;
import io.hanse.cli.config.ConfigKeys.Row;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks the keys of one source, and merges sources: the later scalar wins, lists append. */
final class ConfigTree {
  private ConfigTree() {}

  /** The same with sections that were written in several blocks as one; refuses unknown keys. */
  static Value.Fields checked(String name, Value.Fields source) {
    List<String> errors = new ArrayList<>();
    Value.Fields result = section("", source, errors);
    if (!errors.isEmpty()) {
      throw new ConfigException("failed to parse " + name + ": " + ConfigException.several(errors));
    }
    return result;
  }

  private static Value.Fields section(String prefix, Value.Fields fields, List<String> errors) {
    Map<String, Value> result = new LinkedHashMap<>();
    fields
        .values()
        .forEach(
            (key, value) -> {
              String path = prefix + key;
              Optional<Row> row = ConfigKeys.row(path);
              if (row.isPresent()) {
                result.put(key, shaped(row.get(), value));
                if (ConfigKeys.isDefinition(path)) {
                  errors.addAll(DefinitionKeys.problems(path, value));
                }
              } else if (ConfigKeys.isSection(path) && isBlock(value)) {
                result.put(key, section(path + ".", oneBlock(path, value), errors));
              } else {
                errors.add("invalid config key " + path);
              }
            });
    return new Value.Fields(result);
  }

  private static boolean isBlock(Value value) {
    return value instanceof Value.Fields
        || (value instanceof Value.Items items
            && items.values().stream().allMatch(Value.Fields.class::isInstance));
  }

  private static Value.Fields oneBlock(String path, Value value) {
    Value.Fields whole = new Value.Fields(Map.of());
    for (Value block : value instanceof Value.Items items ? items.values() : List.of(value)) {
      whole = merged(path + ".", whole, (Value.Fields) block);
    }
    return whole;
  }

  /** One definition or text stands for a list of one. */
  private static Value shaped(Row row, Value value) {
    boolean listed = row.kind() == Kind.DEFINITIONS || row.kind() == Kind.TEXTS;
    if (listed && !(value instanceof Value.Items) && !value.isNothing()) {
      return new Value.Items(List.of(value));
    }
    return row.kind() == Kind.MAP && value instanceof Value.Items ? oneBlock("", value) : value;
  }

  static Value.Fields merged(List<Value.Fields> sources) {
    Value.Fields whole = new Value.Fields(Map.of());
    for (Value.Fields source : sources) {
      whole = merged("", whole, source);
    }
    return whole;
  }

  private static Value.Fields merged(String prefix, Value.Fields earlier, Value.Fields later) {
    Map<String, Value> result = new LinkedHashMap<>(earlier.values());
    later
        .values()
        .forEach(
            (key, value) -> {
              Value before = result.getOrDefault(key, Value.nothing());
              result.put(key, merged(prefix + key, before, value));
            });
    return new Value.Fields(result);
  }

  private static Value merged(String path, Value earlier, Value later) {
    if (earlier instanceof Value.Fields one && later instanceof Value.Fields other) {
      return merged(path + ".", one, other);
    }
    if (earlier instanceof Value.Items one && later instanceof Value.Items other) {
      List<Value> all = new ArrayList<>(one.values());
      all.addAll(other.values());
      return new Value.Items(all);
    }
    return later.isNothing() ? earlier : later;
  }

  /** The value at {@code ports.http}. */
  static Value at(Value.Fields tree, String path) {
    Value value = tree;
    for (String key : path.split("\\.", -1)) {
      value = value.at(key);
    }
    return value;
  }

  /** A tree with a single value: what one flag says. */
  static Value.Fields of(String path, Value value) {
    Value tree = value;
    String[] keys = path.split("\\.", -1);
    for (int i = keys.length - 1; i >= 0; i--) {
      tree = new Value.Fields(Map.of(keys[i], tree));
    }
    return (Value.Fields) tree;
  }
}
