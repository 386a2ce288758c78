package io.hanse.http.exchange;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The query of a request: each key with its values in order. */
public final class Parameters {
  public static final Parameters NONE = new Parameters(new TreeMap<>());

  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private final Map<String, List<String>> values;

  private Parameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Reads what stands behind the question mark; empty if an escape in it is broken. */
  public static Optional<Parameters> parse(String query) {
    Map<String, List<String>> values = new TreeMap<>();
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      Optional<String> plainKey = Escapes.decodeQuery(key);
      Optional<String> plainValue = Escapes.decodeQuery(value);
      if (plainKey.isEmpty() || plainValue.isEmpty()) {
        return Optional.empty();
      }
      values.computeIfAbsent(plainKey.get(), name -> new ArrayList<>()).add(plainValue.get());
    }
    return Optional.of(new Parameters(values));
  }

  /** Whether the key is there, with or without a value. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** The first value; "" if the key is not there. */
  public String first(String key) {
    List<String> all = values.get(key);
    return all == null ? "" : all.get(0);
  }

  /** The first value as a yes or no, by all the words for these that Go knows; empty otherwise. */
  public Optional<Boolean> truth(String key) {
    String word = first(key);
    if (TRUE.contains(word)) {
      return Optional.of(true);
    }
    return FALSE.contains(word) ? Optional.of(false) : Optional.empty();
  }

  public List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** As a query again, sorted by key. */
  public String encoded() {
    return values.entrySet().stream()
        .flatMap(entry -> entry.getValue().stream().map(value -> pair(entry.getKey(), value)))
        .collect(Collectors.joining("&"));
  }

  /** As a query again, sorted by key, without some of the keys. */
  public String encodedWithout(Set<String> keys) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (key, all) -> {
          if (!keys.contains(key)) {
            all.forEach(value -> text.append(pair(key, value)).append('&'));
          }
        });
    return text.toString();
  }

  private static String pair(String key, String value) {
    return URLEncoder.encode(key, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
