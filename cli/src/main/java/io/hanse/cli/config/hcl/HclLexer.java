package io.hanse.cli.config.hcl;

import io.hanse.cli.config.hcl.HclToken.Kind;
import io.hanse.cli.value.SyntaxException;
import org.jspecify.annotations.Nullable;

/** Splits HCL into tokens, leaving comments and blanks out. */
final class HclLexer {
  private static final char END = '\0';

  private final String source;
  private int offset;
  private int line = 1;
  private int lineStart;

  HclLexer(String source) {
    this.source = source.startsWith("\uFEFF") ? source.substring(1) : source;
  }

  HclToken next() {
    skipBlanksAndComments();
    int start = offset;
    char c = peek(0);
    if (offset >= source.length()) {
      // One column on, as Consul counts the end.
      return new HclToken(Kind.EOF, "", "", line, column(start) + 1);
    }
    Kind punctuation = punctuation(c);
    if (punctuation != null) {
      offset++;
      return token(punctuation, String.valueOf(c), start);
    }
    if (c == '"') {
      return new HclStrings(this).quoted(start);
    }
    if (c == '<' && peek(1) == '<') {
      return new HclStrings(this).heredoc(start);
    }
    if (isDigit(c) || (isSign(c) && (isDigit(peek(1)) || peek(1) == '.'))) {
      return number(start);
    }
    if (Character.isLetter(c) || c == '_') {
      while (isWordPart(peek(0))) {
        offset++;
      }
      String word = source.substring(start, offset);
      boolean truth = word.equals("true") || word.equals("false");
      return token(truth ? Kind.BOOL : Kind.IDENT, word, start);
    }
    throw error("illegal character '" + c + "'");
  }

  private static @Nullable Kind punctuation(char c) {
    return switch (c) {
      case '=' -> Kind.ASSIGN;
      case ',' -> Kind.COMMA;
      case '{' -> Kind.LBRACE;
      case '}' -> Kind.RBRACE;
      case '[' -> Kind.LBRACK;
      case ']' -> Kind.RBRACK;
      default -> null;
    };
  }

  /** Keys may hold dots and dashes: {@code consul-version}, {@code metrics.prefix}. */
  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private void skipBlanksAndComments() {
    while (offset < source.length()) {
      char c = peek(0);
      if (c == '#' || (c == '/' && peek(1) == '/')) {
        while (offset < source.length() && peek(0) != '\n') {
          offset++;
        }
      } else if (c == '/' && peek(1) == '*') {
        int end = source.indexOf("*/", offset + 2);
        if (end < 0) {
          throw error("comment not terminated");
        }
        while (offset < end + 2) {
          advance();
        }
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        advance();
      } else {
        return;
      }
    }
  }

  private HclToken number(int start) {
    if (isSign(peek(0))) {
      offset++;
    }
    while (isWordPart(peek(0)) || (isSign(peek(0)) && "eE".indexOf(peek(-1)) >= 0)) {
      offset++;
    }
    String raw = source.substring(start, offset);
    try {
      return token(
          HclNumber.isFraction(raw) ? Kind.FLOAT : Kind.NUMBER, HclNumber.decimal(raw), start);
    } catch (NumberFormatException e) {
      throw errorAt(line, start - lineStart + 1, "illegal number " + raw);
    }
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isSign(char c) {
    return c == '-' || c == '+';
  }

  char peek(int ahead) {
    int index = offset + ahead;
    return index >= 0 && index < source.length() ? source.charAt(index) : END;
  }

  boolean isAtEnd() {
    return offset >= source.length();
  }

  char advance() {
    char c = source.charAt(offset++);
    if (c == '\n') {
      line++;
      lineStart = offset;
    }
    return c;
  }

  String slice(int start) {
    return source.substring(start, offset);
  }

  int offset() {
    return offset;
  }

  int line() {
    return line;
  }

  int column(int position) {
    return position - lineStart + 1;
  }

  HclToken token(Kind kind, String text, int start) {
    return new HclToken(kind, text, source.substring(start, offset), line, column(start));
  }

  SyntaxException error(String message) {
    return errorAt(line, column(offset), message);
  }

  static SyntaxException errorAt(int line, int column, String message) {
    return new SyntaxException("At " + line + ":" + column + ": " + message);
  }
}
