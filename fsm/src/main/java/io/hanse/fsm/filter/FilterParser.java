package io.hanse.fsm.filter;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.filter.Expression.And;
import io.hanse.fsm.filter.Expression.Match;
import io.hanse.fsm.filter.Expression.Not;
import io.hanse.fsm.filter.Expression.Or;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses an expression. Each method is a rule of the grammar and tries its alternatives in order;
 * it answers null where none fits, and has then taken nothing. What a nested rule found at a place
 * is kept, so that the time taken is linear in the text.
 */
final class FilterParser {
  private static final int LENGTH_MAX = 16 * 1024;
  private static final int DEPTH_MAX = 800;

  private static final IntPredicate LETTER = c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  private static final IntPredicate IN_WORD = LETTER.or(FilterParser::isDigit).or(c -> c == '_');

  /** What a rule found at each place, and where it ended. */
  private static final class Found {
    private final boolean[] isKnown;
    private final int[] end;
    private final @Nullable Expression[] expression;

    Found(int length) {
      isKnown = new boolean[length + 1];
      end = new int[length + 1];
      expression = new @Nullable Expression[length + 1];
    }

    boolean isKnown(int start) {
      return isKnown[start];
    }

    @Nullable Expression recall(Cursor in) {
      int start = in.at();
      in.goTo(end[start]);
      return expression[start];
    }

    @Nullable Expression keep(Cursor in, int start, @Nullable Expression found) {
      if (found == null) {
        in.goTo(start);
      }
      isKnown[start] = true;
      end[start] = in.at();
      expression[start] = found;
      return found;
    }
  }

  private final Cursor in;
  private final Found ors;
  private final Found ands;
  private final Found nots;
  private int depth;

  private FilterParser(String text) {
    in = new Cursor(text);
    ors = new Found(text.length());
    ands = new Found(text.length());
    nots = new Found(text.length());
  }

  /**
   * Parses an expression that is not blank.
   *
   * @throws ProblemException INVALID_ARGUMENT; the text says where and what was expected
   */
  static Expression parse(String text) {
    if (text.length() > LENGTH_MAX) {
      throw refused("the expression has more than " + LENGTH_MAX + " characters");
    }
    FilterParser parser = new FilterParser(text);
    Expression expression = parser.input();
    if (expression == null || parser.in.hasComplaints()) {
      throw refused(parser.in.refusal());
    }
    return expression;
  }

  private static ProblemException refused(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  private @Nullable Expression input() {
    in.optionalSpace();
    Expression inside = inParentheses();
    if (inside != null) {
      in.optionalSpace();
      if (in.end()) {
        return inside;
      }
    }
    in.goTo(0);
    in.optionalSpace();
    Expression whole = or();
    in.optionalSpace();
    return whole != null && in.end() ? whole : null;
  }

  private @Nullable Expression inParentheses() {
    int start = in.at();
    if (in.literal("(")) {
      in.optionalSpace();
      Expression inside = or();
      if (inside != null) {
        in.optionalSpace();
        if (in.literal(")")) {
          return inside;
        }
      }
    }
    in.goTo(start);
    return null;
  }

  private @Nullable Expression or() {
    int start = in.at();
    if (ors.isKnown(start)) {
      return ors.recall(in);
    }
    enter();
    Expression found = and();
    if (found != null) {
      int end = in.at();
      Expression right = word("or") ? or() : null;
      if (right != null) {
        found = new Or(found, right);
      } else {
        in.goTo(end);
      }
    }
    depth--;
    return ors.keep(in, start, found);
  }

  private @Nullable Expression and() {
    int start = in.at();
    if (ands.isKnown(start)) {
      return ands.recall(in);
    }
    enter();
    Expression found = not();
    if (found != null) {
      int end = in.at();
      Expression right = word("and") ? and() : null;
      if (right != null) {
        found = new And(found, right);
      } else {
        in.goTo(end);
      }
    }
    depth--;
    return ands.keep(in, start, found);
  }

  /** A word that stands alone. */
  private boolean word(String word) {
    return in.space() && in.literal(word) && in.space();
  }

  private @Nullable Expression not() {
    int start = in.at();
    if (nots.isKnown(start)) {
      return nots.recall(in);
    }
    enter();
    Expression operand = in.literal("not") && in.space() ? not() : null;
    Expression found;
    if (operand == null) {
      in.goTo(start);
      found = grouping();
    } else {
      found = operand instanceof Not twice ? twice.operand() : new Not(operand);
    }
    depth--;
    return nots.keep(in, start, found);
  }

  private void enter() {
    if (++depth > DEPTH_MAX) {
      throw refused("the expression is nested too deeply");
    }
  }

  private @Nullable Expression grouping() {
    int start = in.at();
    Expression found = inParentheses();
    if (found == null) {
      found = match();
    }
    if (found == null && in.literal("(")) {
      in.optionalSpace();
      if (or() != null) {
        in.optionalSpace();
        if (in.isNotAhead(() -> in.literal(")"))) {
          in.complain(in.at(), "grouping", "Unmatched parentheses");
        }
      }
    }
    if (found == null) {
      in.goTo(start);
    }
    return found;
  }

  private @Nullable Expression match() {
    Expression found = selectorOperatorValue();
    if (found == null) {
      found = selectorOperator();
    }
    return found == null ? valueOperatorSelector() : found;
  }

  private @Nullable Expression selectorOperatorValue() {
    int start = in.at();
    List<String> selector = selector();
    if (selector != null) {
      MatchOperator operator = comparison();
      String value = operator == null ? null : value();
      if (operator != null && value != null) {
        return new Match(selector, operator, value);
      }
    }
    in.goTo(start);
    return null;
  }

  private @Nullable MatchOperator comparison() {
    if (symbol("==")) {
      return MatchOperator.EQUAL;
    } else if (symbol("!=")) {
      return MatchOperator.NOT_EQUAL;
    } else if (words("contains")) {
      return MatchOperator.IN;
    } else if (words("not", "contains")) {
      return MatchOperator.NOT_IN;
    } else if (words("matches")) {
      return MatchOperator.MATCHES;
    }
    return words("not", "matches") ? MatchOperator.NOT_MATCHES : null;
  }

  private boolean symbol(String symbol) {
    int start = in.at();
    in.optionalSpace();
    if (in.literal(symbol)) {
      in.optionalSpace();
      return true;
    }
    in.goTo(start);
    return false;
  }

  /** Words with space around each. */
  private boolean words(String... words) {
    int start = in.at();
    for (String word : words) {
      if (!in.space() || !in.literal(word)) {
        in.goTo(start);
        return false;
      }
    }
    if (in.space()) {
      return true;
    }
    in.goTo(start);
    return false;
  }

  private @Nullable Expression selectorOperator() {
    int start = in.at();
    List<String> selector = selector();
    if (selector != null && isEmptiness("is", "empty")) {
      return new Match(selector, MatchOperator.IS_EMPTY, "");
    }
    if (selector != null && isEmptiness("is", "not", "empty")) {
      return new Match(selector, MatchOperator.IS_NOT_EMPTY, "");
    }
    in.goTo(start);
    return null;
  }

  /** As {@link #words}, with nothing behind the last. */
  private boolean isEmptiness(String... words) {
    int start = in.at();
    for (String word : words) {
      if (!in.space() || !in.literal(word)) {
        in.goTo(start);
        return false;
      }
    }
    return true;
  }

  private @Nullable Expression valueOperatorSelector() {
    int start = in.at();
    String value = value();
    MatchOperator operator = value == null ? null : membership();
    if (value != null && operator != null) {
      List<String> selector = selector();
      if (selector != null) {
        return new Match(selector, operator, value);
      }
      in.complain(in.at(), "match", "Invalid selector");
    }
    in.goTo(start);
    return null;
  }

  private @Nullable MatchOperator membership() {
    if (words("in")) {
      return MatchOperator.IN;
    }
    return words("not", "in") ? MatchOperator.NOT_IN : null;
  }

  private @Nullable List<String> selector() {
    Optional<String> first = identifier();
    if (first.isEmpty()) {
      return null;
    }
    List<String> parts = new ArrayList<>(List.of(first.get()));
    for (Optional<String> part = part(); part.isPresent(); part = part()) {
      parts.add(part.get());
    }
    return parts;
  }

  private Optional<String> part() {
    int start = in.at();
    if (in.literal(".")) {
      Optional<String> name = identifier();
      if (name.isPresent()) {
        return name;
      }
      in.goTo(start);
    }
    return index();
  }

  private Optional<String> identifier() {
    int start = in.at();
    if (!in.oneOf("[a-zA-Z]", LETTER)) {
      return Optional.empty();
    }
    while (in.oneOf("[a-zA-Z0-9_]", IN_WORD)) {
      // Each takes one more.
    }
    return Optional.of(in.since(start));
  }

  private Optional<String> index() {
    int start = in.at();
    if (!in.literal("[")) {
      return Optional.empty();
    }
    in.optionalSpace();
    Optional<String> key = string();
    if (key.isEmpty()) {
      in.complain(in.at(), "index", "Invalid index");
    } else {
      in.optionalSpace();
      if (in.literal("]")) {
        return key;
      }
      in.complain(in.at(), "index", "Unclosed index expression");
    }
    in.goTo(start);
    return Optional.empty();
  }

  private @Nullable String value() {
    List<String> selector = selector();
    if (selector != null) {
      return String.join(".", selector);
    }
    return number().or(this::string).orElse(null);
  }

  private Optional<String> number() {
    int start = in.at();
    in.literal("-");
    if (!in.literal("0")) {
      if (!in.oneOf("[1-9]", FilterParser::isDigitButZero)) {
        in.goTo(start);
        return Optional.empty();
      }
      digits();
    }
    int whole = in.at();
    if (!in.literal(".") || !digits()) {
      in.goTo(whole);
    }
    if (in.isAhead(() -> in.space() || in.end() || in.literal(")"))) {
      return Optional.of(in.since(start));
    }
    in.complain(in.at(), "number", "Invalid number literal");
    in.goTo(start);
    return Optional.empty();
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isDigitButZero(int c) {
    return c >= '1' && c <= '9';
  }

  private boolean digits() {
    boolean isThere = in.oneOf("[0-9]", FilterParser::isDigit);
    while (isThere && in.oneOf("[0-9]", FilterParser::isDigit)) {
      // Each takes one more.
    }
    return isThere;
  }

  private Optional<String> string() {
    int start = in.at();
    for (String quote : List.of("`", "\"")) {
      if (in.literal(quote)) {
        while (in.isNotAhead(() -> in.literal(quote)) && in.any()) {
          // Each takes one more.
        }
        if (in.literal(quote)) {
          Optional<String> plain = GoText.unquoted(in.since(start));
          if (plain.isEmpty()) {
            in.complain(start, "string", "invalid syntax");
          }
          return Optional.of(plain.orElse(""));
        }
        in.complain(in.at(), "string", "Unterminated string literal");
        in.goTo(start);
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
