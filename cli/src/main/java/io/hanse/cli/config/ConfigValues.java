package io.hanse.cli.config;

import io.hanse.cli.config.ConfigKeys.Kind;
import io.hanse.cli.config.ConfigKeys.Row;
import io.hanse.cli.config.ConfigKeys.Treatment;
import io.hanse.cli.value.Value;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Typed reading of a merged tree. It collects what is wrong, so that all is said at once. */
final class ConfigValues {
  private static final int PORT_MAX = 65_535;

  private final Value.Fields tree;
  private final List<String> errors = new ArrayList<>();

  ConfigValues(Value.Fields tree) {
    this.tree = tree;
  }

  Value tree() {
    return tree;
  }

  Value at(String path) {
    return ConfigTree.at(tree, path);
  }

  String text(String path, String otherwise) {
    Value value = at(path);
    if (!value.isNothing() && value.text().isEmpty() && !(value instanceof Value.Text)) {
      errors.add(path + ": expected a string");
    }
    return value.text().isEmpty() ? otherwise : value.text();
  }

  boolean truth(String path, boolean otherwise) {
    Value value = at(path);
    if (value instanceof Value.Truth truth) {
      return truth.value();
    }
    String text = value.text().toLowerCase(Locale.ROOT);
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    if (!value.isNothing()) {
      errors.add(path + ": expected true or false");
    }
    return otherwise;
  }

  int whole(String path, int otherwise) {
    Value value = at(path);
    if (value.isNothing()) {
      return otherwise;
    }
    try {
      return Integer.parseInt(value.text());
    } catch (NumberFormatException e) {
      errors.add(path + ": expected a whole number");
      return otherwise;
    }
  }

  int port(String path, int otherwise) {
    int port = whole(path, otherwise);
    if (port > PORT_MAX || port < -1) {
      errors.add(path + ": invalid port: " + port);
    }
    return port;
  }

  /** A number without a unit is refused, as by Consul: nobody means nanoseconds. */
  Duration duration(String path, Duration otherwise) {
    Value value = at(path);
    if (value.isNothing()) {
      return otherwise;
    }
    try {
      Duration duration = GoDuration.parse(value.text());
      if (!duration.isNegative()) {
        return duration;
      }
      errors.add(path + " cannot be " + value.text() + ". Must be greater than or equal to zero");
    } catch (JsonProblem e) {
      errors.add(path + ": invalid duration: \"" + value.text() + "\"; " + GoDuration.EXPECTED);
    }
    return otherwise;
  }

  /** Also one text with blanks between its parts, as addresses may be written. */
  List<String> texts(String path) {
    Value value = at(path);
    List<String> texts = new ArrayList<>();
    for (Value item : value instanceof Value.Items items ? items.values() : List.of(value)) {
      for (String text : item.text().split("\\s+", -1)) {
        if (!text.isEmpty()) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  Map<String, String> map(String path) {
    Map<String, String> map = new LinkedHashMap<>();
    at(path).fields().forEach((key, value) -> map.put(key, value.text()));
    return map;
  }

  void error(String text) {
    errors.add(text);
  }

  /** The keys in use whose treatment is this one. What only says "off" is not in use. */
  List<String> inUse(Treatment treatment) {
    return ConfigKeys.rows().stream()
        .filter(row -> row.treatment() == treatment)
        .filter(row -> isOn(row, at(row.path())))
        .map(Row::path)
        .toList();
  }

  private static boolean isOn(Row row, Value value) {
    if (value instanceof Value.Fields fields) {
      return fields.values().values().stream().anyMatch(item -> isOn(row, item));
    }
    if (value instanceof Value.Items items) {
      return items.values().stream().anyMatch(item -> isOn(row, item));
    }
    if (value instanceof Value.Truth truth) {
      return truth.value();
    }
    if (row.kind() == Kind.PORT) {
      return value.whole() > 0;
    }
    return !value.text().isEmpty();
  }

  void requireNoErrors() {
    if (!errors.isEmpty()) {
      throw new ConfigException(ConfigException.several(errors));
    }
  }
}
