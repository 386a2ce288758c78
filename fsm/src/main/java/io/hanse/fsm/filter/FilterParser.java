package io.hanse.fsm.filter;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.filter.Expression.And;
import io.hanse.fsm.filter.Expression.Match;
import io.hanse.fsm.filter.Expression.Not;
import io.hanse.fsm.filter.Expression.Or;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses an expression. Each method is a rule of the grammar and tries its alternatives in order;
 * it answers null where none fits, and has then taken nothing. What a nested rule found at a place
 * is kept, so that the time taken is linear in the text.
 */
final class FilterParser {
  private static final int LENGTH_MAX = 16 * 1024;
  private static final int DEPTH_MAX = 800;

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
  private final FilterTerms terms;
  private final Found ors;
  private final Found ands;
  private final Found nots;
  private int depth;

  private FilterParser(String text) {
    in = new Cursor(text);
    terms = new FilterTerms(in);
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
    List<String> selector = terms.selector();
    if (selector != null) {
      MatchOperator operator = terms.comparison();
      String value = operator == null ? null : terms.value();
      if (operator != null && value != null) {
        return new Match(selector, operator, value);
      }
    }
    in.goTo(start);
    return null;
  }

  private @Nullable Expression selectorOperator() {
    int start = in.at();
    List<String> selector = terms.selector();
    if (selector != null && terms.isEmptiness("is", "empty")) {
      return new Match(selector, MatchOperator.IS_EMPTY, "");
    }
    if (selector != null && terms.isEmptiness("is", "not", "empty")) {
      return new Match(selector, MatchOperator.IS_NOT_EMPTY, "");
    }
    in.goTo(start);
    return null;
  }

  private @Nullable Expression valueOperatorSelector() {
    int start = in.at();
    String value = terms.value();
    MatchOperator operator = value == null ? null : terms.membership();
    if (value != null && operator != null) {
      List<String> selector = terms.selector();
      if (selector != null) {
        return new Match(selector, operator, value);
      }
      in.complain(in.at(), "match", "Invalid selector");
    }
    in.goTo(start);
    return null;
  }
}
