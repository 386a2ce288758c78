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

  /** Lists, of which a file may have a single block. */
  private static final Set<String> LISTS = Set.of("upstreams", "checks", "paths");

  /**
   * A check that a service brings along has its id under another name than one by itself; of which
   * service it is is known, and tokens there are none.
   */
  private static final Map<String, String> OF_A_SERVICES_CHECK =
      Map.of("ID", "CheckID", "ServiceID", "", "Serviceid", "", "Token", "");

  private Definitions() {}

  /** Of {@code service} and {@code services} together. */
  public static List<Value> services(Value source) {
    return both(source, "services", "service").stream().map(Definitions::service).toList();
  }

  static List<Value> checks(Value source) {
    return both(source, "checks", "check").stream().map(Definitions::check).toList();
  }

  private static List<Value> both(Value source, String plural, String singular) {
    List<Value> all = new ArrayList<>(source.at(plural).items());
    all.addAll(source.at(singular).items());
    return all;
  }

  static Value service(Value definition) {
    return canonical(definition, Map.of());
  }

  /** One that stands by itself, with the id and service of its own that its registration has. */
  static Value check(Value definition) {
    return canonical(definition, Map.of("Token", ""));
  }

  /** The same with CamelCase keys, some of them under another name; "" leaves one out. */
  private static Value canonical(Value value, Map<String, String> names) {
    if (value instanceof Value.Items items) {
      return new Value.Items(items.values().stream().map(item -> canonical(item, names)).toList());
    }
    if (!(value instanceof Value.Fields fields)) {
      return value;
    }
    Map<String, Value> result = new LinkedHashMap<>();
    fields
        .values()
        .forEach(
            (key, item) -> {
              String known = camelCase(key);
              String name = names.getOrDefault(known, known);
              if (!name.isEmpty()) {
                Value all = isList(known) && item instanceof Value.Fields ? listOf(item) : item;
                result.put(name, isVerbatim(key) ? underNames(name, all) : below(key, all));
              }
            });
    return new Value.Fields(result);
  }

  private static boolean isList(String name) {
    return LISTS.contains(name.toLowerCase(Locale.ROOT));
  }

  private static Value listOf(Value single) {
    return new Value.Items(List.of(single));
  }

  private static Value below(String key, Value value) {
    return canonical(value, isCheck(key) ? OF_A_SERVICES_CHECK : Map.of());
  }

  static boolean isCheck(String key) {
    String name = camelCase(key);
    return name.equalsIgnoreCase("Check") || name.equalsIgnoreCase("Checks");
  }

  static boolean isVerbatim(String key) {
    return VERBATIM.contains(camelCase(key).toLowerCase(Locale.ROOT));
  }

  /** Tagged addresses have names of the user's choice and below them keys of ours. */
  private static Value underNames(String name, Value value) {
    if (!name.equalsIgnoreCase("TaggedAddresses") || !(value instanceof Value.Fields fields)) {
      return value;
    }
    Map<String, Value> result = new LinkedHashMap<>();
    fields.values().forEach((key, item) -> result.put(key, canonical(item, Map.of())));
    return new Value.Fields(result);
  }

  static String camelCase(String key) {
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
