package io.hanse.cli.config.hcl;

import io.hanse.cli.config.hcl.HclToken.Kind;
import java.util.ArrayList;
import java.util.List;

/** Reads the two forms of strings for the lexer: quoted, and here-documents. */
final class HclStrings {
  private final HclLexer lexer;

  HclStrings(HclLexer lexer) {
    this.lexer = lexer;
  }

  /** Within <code>${</code> and its brace, quotes and backslashes stand for themselves. */
  HclToken quoted(int start) {
    int line = lexer.line();
    int column = lexer.column(start);
    StringBuilder text = new StringBuilder();
    int braces = 0;
    lexer.advance();
    while (true) {
      char c = lexer.peek(0);
      if (lexer.isAtEnd() || (c == '\n' && braces == 0)) {
        throw HclLexer.errorAt(line, column, "literal not terminated");
      }
      if (c == '"' && braces == 0) {
        lexer.advance();
        return new HclToken(Kind.STRING, text.toString(), lexer.slice(start), line, column);
      }
      if (braces == 0 && c == '\\') {
        lexer.advance();
        escape(text);
        continue;
      }
      if (c == '$' && lexer.peek(1) == '{' && braces == 0) {
        text.append(lexer.advance());
        braces++;
      } else if (braces > 0 && c == '{') {
        braces++;
      } else if (braces > 0 && c == '}') {
        braces--;
      }
      text.append(lexer.advance());
    }
  }

  private void escape(StringBuilder text) {
    char c = lexer.isAtEnd() ? '\0' : lexer.advance();
    switch (c) {
      case 'a' -> text.append('\u0007');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000b');
      case '\\', '"' -> text.append(c);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> code(text, c, 2, 8);
      case 'x' -> code(text, '0', 2, 16);
      case 'u' -> code(text, '0', 4, 16);
      case 'U' -> code(text, '0', 8, 16);
      default -> throw lexer.error("illegal char escape");
    }
  }

  private void code(StringBuilder text, char first, int count, int radix) {
    long code = Character.digit(first, radix);
    for (int i = 0; i < count; i++) {
      int digit = Character.digit(lexer.peek(0), radix);
      if (digit < 0) {
        throw lexer.error("illegal char escape");
      }
      code = code * radix + digit;
      lexer.advance();
    }
    if (code > Character.MAX_CODE_POINT) {
      throw lexer.error("illegal char escape");
    }
    text.appendCodePoint((int) code);
  }

  /** {@code <<} keeps the text as it is; {@code <<-} drops the blanks that all lines begin with. */
  HclToken heredoc(int start) {
    int line = lexer.line();
    int column = lexer.column(start);
    lexer.advance();
    lexer.advance();
    boolean indented = lexer.peek(0) == '-';
    if (indented) {
      lexer.advance();
    }
    String anchor = restOfLine().strip();
    if (anchor.isEmpty() || lexer.isAtEnd()) {
      throw HclLexer.errorAt(line, column, "heredoc not terminated");
    }
    lexer.advance();
    List<String> lines = new ArrayList<>();
    while (true) {
      String content = restOfLine();
      if (content.strip().equals(anchor)) {
        break;
      }
      if (lexer.isAtEnd()) {
        throw HclLexer.errorAt(line, column, "heredoc not terminated");
      }
      lines.add(content);
      lexer.advance();
    }
    int blanks = indented ? blanksInCommon(lines) : 0;
    StringBuilder text = new StringBuilder();
    for (String content : lines) {
      text.append(content.substring(Math.min(blanks, content.length()))).append('\n');
    }
    return new HclToken(Kind.HEREDOC, text.toString(), lexer.slice(start), line, column);
  }

  private String restOfLine() {
    int start = lexer.offset();
    while (!lexer.isAtEnd() && lexer.peek(0) != '\n') {
      lexer.advance();
    }
    String content = lexer.slice(start);
    return content.endsWith("\r") ? content.substring(0, content.length() - 1) : content;
  }

  private static int blanksInCommon(List<String> lines) {
    return lines.stream()
        .filter(content -> !content.isBlank())
        .mapToInt(content -> content.length() - content.stripLeading().length())
        .min()
        .orElse(0);
  }
}
