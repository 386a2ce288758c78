package io.hanse.fsm.filter;

import java.util.List;

/** A parsed expression, before it is known whether its selectors mean anything. */
sealed interface Expression {
  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  record Not(Expression operand) implements Expression {}

  /**
   * One question.
   *
   * @param value "" where the operator takes none
   */
  record Match(List<String> selector, MatchOperator operator, String value) implements Expression {}
}
