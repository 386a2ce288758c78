package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a token: strict as to form, with Consul's texts. Values become maps, lists,
 * strings, {@link Numeral}s, booleans and null. Depth is bounded, and so is the length, by the
 * caller.
 */
final class TokenJson {
  /** A number that was written; tokens have none that matter. */
  record Numeral(String text) {}

  private static final int DEPTH_MAX = 64;
  private static final String VALUE = "looking for beginning of value";

  private final String text;
  private int at;

  private TokenJson(String text) {
    this.text = text;
  }

  static @Nullable Object parse(String text) {
    TokenJson reader = new TokenJson(text);
    Object value = reader.value(0);
    reader.skipSpace();
    if (reader.at < text.length()) {
      throw reader.unexpected("after top-level value");
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEPTH_MAX) {
      throw refused("exceeded max depth");
    }
    skipSpace();
    char c = peek();
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> {
        if (c == '-' || isDigit(c)) {
          yield number();
        }
        throw unexpected(VALUE);
      }
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    at++;
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    skipSpace();
    if (peek() == '}') {
      at++;
      return members;
    }
    while (true) {
      skipSpace();
      if (peek() != '"') {
        throw unexpected("looking for beginning of object key string");
      }
      String key = string();
      skipSpace();
      if (peek() != ':') {
        throw unexpected("after object key");
      }
      at++;
      members.put(key, value(depth + 1));
      skipSpace();
      char c = peek();
      if (c != ',' && c != '}') {
        throw unexpected("after object key:value pair");
      }
      at++;
      if (c == '}') {
        return members;
      }
    }
  }

  private List<@Nullable Object> array(int depth) {
    at++;
    List<@Nullable Object> elements = new ArrayList<>();
    skipSpace();
    if (peek() == ']') {
      at++;
      return elements;
    }
    while (true) {
      elements.add(value(depth + 1));
      skipSpace();
      char c = peek();
      if (c != ',' && c != ']') {
        throw unexpected("after array element");
      }
      at++;
      if (c == ']') {
        return elements;
      }
    }
  }

  private String string() {
    at++;
    StringBuilder content = new StringBuilder();
    while (true) {
      char c = peek();
      if (c < ' ') {
        throw unexpected("in string literal");
      }
      at++;
      if (c == '"') {
        return content.toString();
      }
      content.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = peek();
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    if (c != 'u') {
      throw unexpected("in string escape code");
    }
    at++;
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw unexpected("in \\u hexadecimal character escape");
      }
      at++;
      unit = unit << 4 | digit;
    }
    return (char) unit;
  }

  private @Nullable Object literal(String word, @Nullable Object meaning) {
    for (int i = 0; i < word.length(); i++) {
      if (peek() != word.charAt(i)) {
        throw unexpected("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
      at++;
    }
    return meaning;
  }

  private Numeral number() {
    int begin = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits("in numeric literal");
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits("after decimal point in numeric literal");
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits("in exponent of numeric literal");
    }
    return new Numeral(text.substring(begin, at));
  }

  private void digits(String where) {
    if (!isDigit(peek())) {
      throw unexpected(where);
    }
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw refused("unexpected end of JSON input");
    }
    return text.charAt(at);
  }

  private ProblemException unexpected(String where) {
    return refused("invalid character " + quoted(text.charAt(at)) + " " + where);
  }

  private static String quoted(char c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '\\' -> "'\\\\'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      default -> c < ' ' ? String.format(Locale.ROOT, "'\\x%02x'", (int) c) : "'" + c + "'";
    };
  }

  static ProblemException refused(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }
}
