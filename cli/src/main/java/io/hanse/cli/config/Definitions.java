package io.hanse.cli.config;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Service and check definitions of files, with the keys that the HTTP API reads: {@code
 * local_bind_port} and {@code LocalBindPort} are one key, while names of the user's choice stay.
 */
public final class Definitions {
  /** Below these, keys are the user's. */
  private static final Set<String> VERBATIM =
      Set.of("meta", "config", "header", "taggedaddresses", "arguments");

  private Definitions() {}

  /** Of {@code service} and {@code services} together. */
  public static List<Value> services(Value source) {
    return both(source, "services", "service");
  }

  static List<Value> checks(Value source) {
    return both(source, "checks", "check");
  }

  private static List<Value> both(Value source, String plural, String singular) {
    List<Value> all = new ArrayList<>(source.at(plural).items());
    all.addAll(source.at(singular).items());
    return all.stream().map(Definitions::canonical).toList();
  }

  /** The same with CamelCase keys. */
  static Value canonical(Value value) {
    if (value instanceof Value.Items items) {
      return new Value.Items(items.values().stream().map(Definitions::canonical).toList());
    }
    if (!(value instanceof Value.Fields fields)) {
      return value;
    }
    Map<String, Value> result = new LinkedHashMap<>();
    fields
        .values()
        .forEach(
            (key, item) -> {
              String name = camelCase(key);
              boolean verbatim = VERBATIM.contains(name.toLowerCase(Locale.ROOT));
              result.put(name, verbatim ? underNames(name, item) : canonical(item));
            });
    return new Value.Fields(result);
  }

  /** Tagged addresses have names of the user's choice and below them keys of ours. */
  private static Value underNames(String name, Value value) {
    if (!name.equalsIgnoreCase("TaggedAddresses") || !(value instanceof Value.Fields fields)) {
      return value;
    }
    Map<String, Value> result = new LinkedHashMap<>();
    fields.values().forEach((key, item) -> result.put(key, canonical(item)));
    return new Value.Fields(result);
  }

  private static String camelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.split("_", -1)) {
      if (word.equals("id") || word.equals("ttl") || word.equals("http") || word.equals("tcp")) {
        name.append(word.toUpperCase(Locale.ROOT));
      } else if (!word.isEmpty()) {
        name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      }
    }
    return name.toString();
  }
}
