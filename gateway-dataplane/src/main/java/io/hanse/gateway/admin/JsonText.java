package io.hanse.gateway.admin;

import java.util.Collection;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Writes the fields of one JSON object. */
public final class JsonText {
  private final StringBuilder text = new StringBuilder("{");
  private boolean first = true;

  public JsonText put(String name, String value) {
    quote(name(name), value);
    return this;
  }

  public JsonText put(String name, long value) {
    name(name).append(value);
    return this;
  }

  public JsonText put(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  /** A field that is an object. */
  public JsonText object(String name, Consumer<JsonText> content) {
    JsonText inner = new JsonText();
    content.accept(inner);
    name(name).append(inner.end());
    return this;
  }

  /** A field that is a list of objects, one for each item. */
  public <T> JsonText list(String name, Collection<T> items, BiConsumer<T, JsonText> content) {
    name(name).append('[');
    String separator = "";
    for (T item : items) {
      JsonText inner = new JsonText();
      content.accept(item, inner);
      text.append(separator).append(inner.end());
      separator = ",";
    }
    text.append(']');
    return this;
  }

  String end() {
    return text + "}";
  }

  private StringBuilder name(String name) {
    if (!first) {
      text.append(',');
    }
    first = false;
    quote(text, name);
    return text.append(':');
  }

  private static void quote(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
