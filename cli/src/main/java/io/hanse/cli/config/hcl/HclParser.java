package io.hanse.cli.config.hcl;

import io.hanse.cli.config.hcl.HclToken.Kind;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Recursive descent over the tokens. Items of an object need no comma or line break between them:
 * {@code ports { grpc = 8502 http = 8500 }} has two.
 */
final class HclParser {
  private static final int DEPTH_MAX = 100;

  private final HclLexer lexer;
  private HclToken token;
  private int depth;

  HclParser(String source) {
    lexer = new HclLexer(source);
    token = lexer.next();
  }

  Value.Fields document() {
    Map<String, Value> fields = new LinkedHashMap<>();
    while (!token.is(Kind.EOF)) {
      item(fields);
    }
    return new Value.Fields(fields);
  }

  /** {@code key = value}, or {@code key "label" … { … }}. */
  private void item(Map<String, Value> fields) {
    List<HclToken> keys = new ArrayList<>();
    while (token.is(Kind.IDENT)
        || token.is(Kind.STRING)
        || (!keys.isEmpty() && token.is(Kind.BOOL))) {
      keys.add(take());
    }
    if (keys.isEmpty()) {
      throw error("expected: IDENT | STRING got: " + token.kind());
    }
    String key = keys.get(0).text();
    if (token.is(Kind.ASSIGN)) {
      if (keys.size() > 1) {
        throw error("nested object expected: LBRACE got: ASSIGN");
      }
      take();
      fields.merge(key, value(), HclParser::repeated);
    } else if (token.is(Kind.LBRACE)) {
      Value block = object();
      for (int i = keys.size() - 1; i > 0; i--) {
        block = new Value.Fields(Map.of(keys.get(i).text(), block));
      }
      fields.merge(key, block, HclParser::repeated);
    } else {
      throw error("key '" + key + "' expected start of object ('{') or assignment ('=')");
    }
    if (token.is(Kind.COMMA)) {
      take();
    }
  }

  /** Objects of one name are a list of them; of anything else the last counts. */
  private static Value repeated(Value earlier, Value later) {
    boolean collects =
        later instanceof Value.Fields
            && (earlier instanceof Value.Fields
                || (earlier instanceof Value.Items list
                    && list.values().stream().allMatch(Value.Fields.class::isInstance)));
    if (!collects) {
      return later;
    }
    List<Value> all =
        new ArrayList<>(earlier instanceof Value.Items list ? list.values() : List.of(earlier));
    all.add(later);
    return new Value.Items(all);
  }

  private Value value() {
    return switch (token.kind()) {
      case STRING, HEREDOC -> new Value.Text(take().text());
      case NUMBER, FLOAT -> new Value.Numeral(take().text());
      case BOOL -> new Value.Truth(take().text().equals("true"));
      case LBRACE -> object();
      case LBRACK -> list();
      default ->
          throw error(
              token.is(Kind.EOF)
                  ? "expected a value got: EOF"
                  : "Unknown token: " + token.position() + " " + token.kind() + " " + token.raw());
    };
  }

  private Value.Fields object() {
    deeper();
    take();
    Map<String, Value> fields = new LinkedHashMap<>();
    while (!token.is(Kind.RBRACE)) {
      if (token.is(Kind.EOF)) {
        throw error("object expected closing RBRACE got: EOF");
      }
      item(fields);
    }
    take();
    depth--;
    return new Value.Fields(fields);
  }

  private Value list() {
    deeper();
    take();
    List<Value> items = new ArrayList<>();
    while (!token.is(Kind.RBRACK)) {
      items.add(value());
      if (token.is(Kind.COMMA)) {
        take();
      } else if (!token.is(Kind.RBRACK)) {
        throw error("error parsing list, expected comma or list end, got: " + token.kind());
      }
    }
    take();
    depth--;
    return new Value.Items(items);
  }

  private void deeper() {
    if (++depth > DEPTH_MAX) {
      throw error("nested deeper than " + DEPTH_MAX + " levels");
    }
  }

  private HclToken take() {
    HclToken taken = token;
    token = lexer.next();
    return taken;
  }

  private SyntaxException error(String message) {
    return HclLexer.errorAt(token.line(), token.column(), message);
  }
}
