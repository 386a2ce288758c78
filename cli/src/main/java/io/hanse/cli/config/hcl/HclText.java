package io.hanse.cli.config.hcl;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.util.Map;

/**
 * HCL to a {@link Value} and back. A block that occurs once is an object, one that occurs again a
 * list of objects; labels are objects of one field. The order of fields and the spelling of keys
 * stay.
 */
public final class HclText {
  private HclText() {}

  /** Refuses with line and column. */
  public static Value.Fields parse(String text) {
    return new HclParser(text).document();
  }

  /** JSON where the first character that is not blank is a brace, otherwise HCL. */
  public static Value parseEither(String text) {
    return text.stripLeading().startsWith("{") ? JsonText.parse(text) : parse(text);
  }

  /** Text that {@link #parse} reads as the same tree; {@code null} fields are left out. */
  public static String print(Value.Fields document) {
    StringBuilder out = new StringBuilder();
    fields(out, document, "");
    return out.toString();
  }

  private static void fields(StringBuilder out, Value.Fields fields, String indent) {
    for (Map.Entry<String, Value> field : fields.values().entrySet()) {
      if (field.getValue().isNothing()) {
        continue;
      }
      out.append(indent).append(quoted(field.getKey())).append(" = ");
      value(out, field.getValue(), indent);
      out.append('\n');
    }
  }

  private static void value(StringBuilder out, Value value, String indent) {
    if (value instanceof Value.Fields fields) {
      out.append("{\n");
      fields(out, fields, indent + "  ");
      out.append(indent).append('}');
    } else if (value instanceof Value.Items items) {
      out.append('[');
      String separator = "";
      for (Value item : items.values()) {
        out.append(separator);
        value(out, item, indent);
        separator = ", ";
      }
      out.append(']');
    } else if (value instanceof Value.Text text) {
      out.append(quoted(text.value()));
    } else {
      out.append(JsonText.compact(value));
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == '$') {
        // A dollar sign could begin an interpolation, within which no escape counts.
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
