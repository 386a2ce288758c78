package io.hanse.cli.value;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tree as JSON and HCL know it. Reading it is lenient: what is absent or of another kind reads as
 * empty, so that an answer's optional parts need no questions. Who must be strict asks for the
 * record.
 */
public sealed interface Value {
  record Text(String value) implements Value {}

  /** A number as it was written in decimal: 64 bits, or fractions, survive unchanged. */
  record Numeral(String digits) implements Value {}

  record Truth(boolean value) implements Value {}

  /** {@code null}, and what is absent. */
  enum Nothing implements Value {
    INSTANCE
  }

  record Items(List<Value> values) implements Value {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** In the order written. */
  record Fields(Map<String, Value> values) implements Value {
    public Fields {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  static Value nothing() {
    return Nothing.INSTANCE;
  }

  static Value of(String text) {
    return new Text(text);
  }

  static Value of(long number) {
    return new Numeral(Long.toString(number));
  }

  static Value of(boolean value) {
    return new Truth(value);
  }

  static Items of(List<String> texts) {
    return new Items(texts.stream().map(Value::of).toList());
  }

  /** Of texts alone, as metadata is. */
  static Fields ofTexts(Map<String, String> texts) {
    Map<String, Value> values = new LinkedHashMap<>();
    texts.forEach((key, text) -> values.put(key, of(text)));
    return new Fields(values);
  }

  default Value at(String key) {
    return fields().getOrDefault(key, nothing());
  }

  /** The same by any of several spellings of one key, upper or lower case. */
  default Value atAny(String... keys) {
    for (Map.Entry<String, Value> field : fields().entrySet()) {
      for (String key : keys) {
        if (key.equalsIgnoreCase(field.getKey())) {
          return field.getValue();
        }
      }
    }
    return nothing();
  }

  default Map<String, Value> fields() {
    return this instanceof Fields fields ? fields.values() : Map.of();
  }

  default List<Value> items() {
    return this instanceof Items items ? items.values() : List.of();
  }

  default boolean isNothing() {
    return this instanceof Nothing;
  }

  /** A text or number as written; "" for all else. */
  default String text() {
    if (this instanceof Text text) {
      return text.value();
    }
    return this instanceof Numeral numeral ? numeral.digits() : "";
  }

  default boolean truth() {
    return this instanceof Truth truth && truth.value();
  }

  /** A whole number; 0 for all else, also for what exceeds 64 bits. */
  default long whole() {
    if (this instanceof Numeral numeral) {
      try {
        return Long.parseLong(numeral.digits());
      } catch (NumberFormatException e) {
        return 0;
      }
    }
    return 0;
  }
}
