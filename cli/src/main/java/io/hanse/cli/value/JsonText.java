package io.hanse.cli.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** JSON to a {@link Value} and back, printed as Go prints it: scripts compare such output. */
public final class JsonText {
  private static final int DEPTH_MAX = 100;
  private static final int STRING_CHARS_MAX = 16 << 20;

  private JsonText() {}

  /** Exactly one value. */
  public static Value parse(String text) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxStringLength(STRING_CHARS_MAX)
                    .build())
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new SyntaxException("unexpected end of JSON input");
      }
      Value value = value(parser);
      if (parser.nextToken() != null) {
        throw new SyntaxException("unexpected text after the JSON value");
      }
      return value;
    } catch (JsonEOFException e) {
      throw new SyntaxException("unexpected end of JSON input");
    } catch (JsonParseException e) {
      throw new SyntaxException(at(text, (int) e.getLocation().getCharOffset()));
    } catch (IOException e) {
      throw new SyntaxException(String.valueOf(e.getMessage()));
    }
  }

  /** Names the culprit as the first character that can't stand where it does. */
  private static String at(String text, int offset) {
    int position = Math.max(0, Math.min(offset, text.length() - 1));
    while (position > 0 && Character.isLetterOrDigit(text.charAt(position - 1))) {
      position--;
    }
    String before = text.substring(0, position);
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    int column = position - before.lastIndexOf('\n');
    return before.isBlank()
        ? "invalid character '" + text.charAt(position) + "' looking for beginning of value"
        : "At " + line + ":" + column + ": invalid character '" + text.charAt(position) + "'";
  }

  private static Value value(JsonParser parser) throws IOException {
    JsonToken token = Objects.requireNonNull(parser.currentToken());
    return switch (token) {
      case START_OBJECT -> fields(parser);
      case START_ARRAY -> items(parser);
      case VALUE_STRING -> new Value.Text(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Value.Numeral(parser.getText());
      case VALUE_TRUE -> new Value.Truth(true);
      case VALUE_FALSE -> new Value.Truth(false);
      case VALUE_NULL -> Value.nothing();
      default -> throw new SyntaxException("unexpected end of JSON input");
    };
  }

  private static Value fields(JsonParser parser) throws IOException {
    Map<String, Value> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return new Value.Fields(fields);
  }

  private static Value items(JsonParser parser) throws IOException {
    List<Value> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(parser));
    }
    return new Value.Items(items);
  }

  public static String compact(Value value) {
    StringBuilder out = new StringBuilder();
    print(out, value, "", "");
    return out.toString();
  }

  /** Over several lines, each level indented by {@code indent}. */
  public static String pretty(Value value, String indent) {
    StringBuilder out = new StringBuilder();
    print(out, value, indent, "\n");
    return out.toString();
  }

  /** {@code line} is the line break and indentation of this level, or "" for all on one line. */
  private static void print(StringBuilder out, Value value, String indent, String line) {
    if (value instanceof Value.Fields fields) {
      out.append('{');
      String separator = "";
      for (Map.Entry<String, Value> field : fields.values().entrySet()) {
        out.append(separator).append(line).append(indent);
        quote(out, field.getKey());
        out.append(line.isEmpty() ? ":" : ": ");
        print(out, field.getValue(), indent, line.isEmpty() ? line : line + indent);
        separator = ",";
      }
      out.append(separator.isEmpty() ? "" : line).append('}');
    } else if (value instanceof Value.Items items) {
      out.append('[');
      String separator = "";
      for (Value item : items.values()) {
        out.append(separator).append(line).append(indent);
        print(out, item, indent, line.isEmpty() ? line : line + indent);
        separator = ",";
      }
      out.append(separator.isEmpty() ? "" : line).append(']');
    } else if (value instanceof Value.Text text) {
      quote(out, text.value());
    } else if (value instanceof Value.Numeral numeral) {
      out.append(numeral.digits());
    } else if (value instanceof Value.Truth truth) {
      out.append(truth.value());
    } else {
      out.append("null");
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
