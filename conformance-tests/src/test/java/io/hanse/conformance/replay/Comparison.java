package io.hanse.conformance.replay;

import io.hanse.conformance.replay.Placeholders.Mismatch;
import io.hanse.http.RawClient.Response;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether an answer is as recorded: status, headers, body. */
public final class Comparison {
  private static final String INDEX = "X-Consul-Index";

  private static final String VIRTUAL = "consul-virtual";
  private static final String BACKEND = "X-Consul-Query-Backend";

  /** We have one way to wait, and know of the leader in it. */
  private static final Set<String> OF_A_STREAM = Set.of(BACKEND, "X-Consul-Knownleader");

  /** There is no cache of answers. */
  private static final Set<String> NOT_COMPARED = Set.of("X-Cache", "Age");

  private final Placeholders placeholders;

  public Comparison(Placeholders placeholders) {
    this.placeholders = placeholders;
  }

  /**
   * Compares an answer.
   *
   * @param isOfAgent whether it is the agent's own view, which has no addresses of the catalog
   */
  void compare(Map<?, ?> expected, Response actual, boolean isOfAgent) {
    int status = ((BigDecimal) expected.get("status")).intValue();
    if (status == 0) {
      return;
    }
    if (actual.status() != status) {
      throw new Mismatch(
          "expected status "
              + status
              + ", got "
              + actual.status()
              + " "
              + Placeholders.shorten(actual.text()));
    }
    compareHeaders((Map<?, ?>) expected.get("headers"), actual);
    if (expected.containsKey("body")) {
      String printed = JsonTree.print(expected.get("body"));
      if (!printed.contains("…keys")) {
        compare(
            isOfAgent ? withoutVirtual(expected.get("body")) : expected.get("body"),
            JsonTree.parse(actual.text()),
            "");
      }
    } else if (expected.get("body_text") instanceof String text) {
      compareText(text, actual.text());
    }
  }

  public void compareTree(@Nullable Object expected, @Nullable Object actual) {
    compare(expected, actual, "");
  }

  private void compareHeaders(Map<?, ?> expected, Response actual) {
    boolean isStreamed = "streaming".equals(expected.get(BACKEND));
    for (Map.Entry<?, ?> header : expected.entrySet()) {
      String name = header.getKey().toString();
      if (NOT_COMPARED.contains(name) || (isStreamed && OF_A_STREAM.contains(name))) {
        continue;
      }
      String value = actual.headers().get(name);
      if (value == null) {
        throw new Mismatch("header " + name + " is missing");
      }
      if (name.equals(INDEX)) {
        if (Long.parseLong(value) < 1) {
          throw new Mismatch("index " + value);
        }
        placeholders.bindHeaderIndex(header.getValue().toString(), value);
      } else {
        placeholders.match(header.getValue().toString(), value);
      }
    }
    for (String name : actual.headers().keySet()) {
      if (name.toLowerCase(Locale.ROOT).startsWith("x-consul") && !expected.containsKey(name)) {
        throw new Mismatch("header " + name + " is too much");
      }
    }
  }

  /** Behind these marks stand words of Go's decoder, which are nobody's contract. */
  private void compareText(String expected, String actual) {
    int json = expected.indexOf("json: ");
    if (json >= 0 && !expected.contains("json: unknown field")) {
      placeholders.match(
          expected.substring(0, json), actual.substring(0, Math.min(json, actual.length())));
    } else {
      placeholders.match(expected, actual);
    }
  }

  private void compare(@Nullable Object expected, @Nullable Object actual, String path) {
    if (expected instanceof String text) {
      compareString(text, actual, path);
    } else if (expected instanceof Map<?, ?> map) {
      compareMaps(map, actual, path);
    } else if (expected instanceof List<?> list) {
      compareLists(list, actual, path);
    } else if (expected instanceof BigDecimal number) {
      if (!(actual instanceof BigDecimal other) || number.compareTo(other) != 0) {
        throw new Mismatch(path + ": expected " + number + ", got " + actual);
      }
    } else if (expected == null ? actual != null : !expected.equals(actual)) {
      throw new Mismatch(path + ": expected " + expected + ", got " + actual);
    }
  }

  private void compareString(String expected, @Nullable Object actual, String path) {
    if (expected.equals("<time-or-null>")) {
      return;
    }
    boolean isText = actual instanceof String;
    boolean isNumber = actual instanceof BigDecimal;
    if (!isText && !(isNumber && Placeholders.isPlaceholder(expected))) {
      throw new Mismatch(path + ": expected " + expected + ", got " + actual);
    }
    try {
      placeholders.match(
          expected, isNumber ? ((BigDecimal) actual).toPlainString() : actual.toString());
    } catch (Mismatch e) {
      throw new Mismatch(path + ": " + e.getMessage());
    }
  }

  private void compareMaps(Map<?, ?> expected, @Nullable Object actual, String path) {
    if (!(actual instanceof Map<?, ?> map)) {
      throw new Mismatch(path + ": expected an object, got " + actual);
    }
    Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
    expected.forEach((key, value) -> wanted.put(placeholders.substitute(key.toString()), value));
    if (!wanted.keySet().equals(map.keySet())) {
      Set<Object> missing = new TreeSet<>(wanted.keySet());
      missing.removeAll(map.keySet());
      Set<Object> extra = new TreeSet<>(map.keySet());
      extra.removeAll(wanted.keySet());
      throw new Mismatch(path + ": keys missing " + missing + ", too much " + extra);
    }
    wanted.forEach((key, value) -> compare(value, map.get(key), path + "." + key));
  }

  /** An agent does not learn which virtual addresses the catalog has given. */
  private static @Nullable Object withoutVirtual(@Nullable Object tree) {
    if (tree instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(withoutVirtual(element)));
      return copy;
    }
    if (!(tree instanceof Map<?, ?> map)) {
      return tree;
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          boolean isOnlyVirtual =
              value instanceof Map<?, ?> inner && inner.keySet().equals(Set.of(VIRTUAL));
          if (!key.equals(VIRTUAL) && !isOnlyVirtual) {
            copy.put(key.toString(), withoutVirtual(value));
          }
        });
    return copy;
  }

  /** In order where that fits, else as sets: most lists promise none. */
  private void compareLists(List<?> expected, @Nullable Object actual, String path) {
    if (!(actual instanceof List<?> list) || list.size() != expected.size()) {
      throw new Mismatch(
          path
              + ": expected a list of "
              + expected.size()
              + ", got "
              + Placeholders.shorten(JsonTree.print(actual)));
    }
    Map<String, String> saved = placeholders.save();
    try {
      for (int i = 0; i < list.size(); i++) {
        compare(expected.get(i), list.get(i), path + "[" + i + "]");
      }
    } catch (Mismatch inOrder) {
      placeholders.restore(saved);
      List<@Nullable Object> left = new ArrayList<>(list);
      for (Object element : expected) {
        if (!removeFirst(left, element, path)) {
          throw inOrder;
        }
      }
    }
  }

  private boolean removeFirst(List<@Nullable Object> from, @Nullable Object wanted, String path) {
    for (int i = 0; i < from.size(); i++) {
      Map<String, String> saved = placeholders.save();
      try {
        compare(wanted, from.get(i), path);
        from.remove(i);
        return true;
      } catch (Mismatch e) {
        placeholders.restore(saved);
      }
    }
    return false;
  }
}
