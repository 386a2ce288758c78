package io.hanse.fsm.query;

import io.hanse.fsm.query.TemplateText.BadTextException;
import io.hanse.fsm.query.TemplateText.Part;
import java.util.ArrayList;
import java.util.List;

/** Parses a text with places to be filled in; its complaints are Consul's where it has them. */
final class TemplateParser {
  private static final int DEPTH_MAX = 100;
  private static final String BEGIN = "${";
  private static final String OPERATORS = "+-*/%=!<>&|?:[";

  private final String text;
  private int at;
  private int depth;

  TemplateParser(String text) {
    this.text = text;
  }

  TemplateText parse() throws BadTextException {
    return new TemplateText(parts(false));
  }

  /** Up to the end of the text, or of the literal in quotes that it stands in. */
  private List<Part> parts(boolean isQuoted) throws BadTextException {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    while (at < text.length() && !(isQuoted && text.charAt(at) == '"')) {
      if (isAt("$$")) {
        literal.append('$');
        at += 2;
        takeBrace(literal);
      } else if (isAt(BEGIN)) {
        flush(literal, parts);
        parts.add(place());
      } else {
        literal.append(isQuoted && text.charAt(at) == '\\' ? escaped() : text.charAt(at++));
      }
    }
    flush(literal, parts);
    return parts;
  }

  /** Behind two dollars a brace begins nothing. */
  private void takeBrace(StringBuilder literal) {
    if (isAt("{")) {
      literal.append('{');
      at++;
    }
  }

  private static void flush(StringBuilder literal, List<Part> parts) {
    if (!literal.isEmpty()) {
      parts.add(new Part.Literal(literal.toString()));
      literal.setLength(0);
    }
  }

  private char escaped() throws BadTextException {
    at++;
    char c = at < text.length() ? text.charAt(at++) : '\0';
    return switch (c) {
      case 'n' -> '\n';
      case '"', '\\' -> c;
      default -> throw complaint(at, "invalid escape sequence");
    };
  }

  private Part place() throws BadTextException {
    at += BEGIN.length();
    Part part = expression();
    expect('}');
    return part;
  }

  private Part expression() throws BadTextException {
    if (++depth > DEPTH_MAX) {
      throw complaint(position(), "it nests too deeply");
    }
    skipBlanks();
    Part part = operand();
    skipBlanks();
    if (at < text.length() && OPERATORS.indexOf(text.charAt(at)) >= 0) {
      throw complaint(position(), "arithmetic and conditions are not supported");
    }
    depth--;
    return part;
  }

  private Part operand() throws BadTextException {
    int start = at;
    if (isAt("\"")) {
      at++;
      List<Part> inside = parts(true);
      expect('"');
      return new Part.Nested(new TemplateText(inside));
    } else if (isAt("(")) {
      at++;
      Part part = expression();
      expect(')');
      return part;
    } else if (isNumber()) {
      at++;
      while (at < text.length() && isDigitOrDot(text.charAt(at))) {
        at++;
      }
      return new Part.Literal(text.substring(start, at));
    } else if (at < text.length() && Character.isLetter(text.charAt(at))) {
      return named(position());
    }
    throw complaint(position(), "expected expression but found " + found());
  }

  private boolean isNumber() {
    int digit = isAt("-") ? at + 1 : at;
    return digit < text.length() && isDigit(text.charAt(digit));
  }

  private static boolean isDigitOrDot(char c) {
    return isDigit(c) || c == '.';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** A variable, a call or one of the two words for truth. */
  private Part named(int position) throws BadTextException {
    int start = at;
    while (at < text.length() && isOfName(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start, at);
    if (name.equals("true") || name.equals("false")) {
      return new Part.Literal(name);
    }
    skipBlanks();
    if (!isAt("(")) {
      return new Part.Variable(name, position);
    }
    at++;
    List<Part> arguments = new ArrayList<>();
    skipBlanks();
    while (!isAt(")")) {
      arguments.add(expression());
      if (!isAt(")")) {
        expect(',', ')');
      }
    }
    at++;
    return new Part.Call(name, arguments, position);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || "._-*".indexOf(c) >= 0;
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean isAt(String what) {
    return text.startsWith(what, at);
  }

  private void expect(char wanted) throws BadTextException {
    expect(wanted, wanted);
  }

  /**
   * @param named the one that a complaint names
   */
  private void expect(char wanted, char named) throws BadTextException {
    if (at >= text.length() || text.charAt(at) != wanted) {
      throw complaint(position(), "expected \"" + named + "\" but found " + found());
    }
    at++;
  }

  private String found() {
    if (at >= text.length()) {
      return "end of string";
    }
    int end = at + 1;
    while (isOfName(text.charAt(at)) && end < text.length() && isOfName(text.charAt(end))) {
      end++;
    }
    return "\"" + text.substring(at, end) + "\"";
  }

  private int position() {
    return text.codePointCount(0, at) + 1;
  }

  private static BadTextException complaint(int position, String what) {
    return new BadTextException("parse error at 1:" + position + ": " + what);
  }
}
