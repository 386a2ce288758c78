package io.hanse.fsm.filter;

import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemException;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** A filter expression that is fit for one type of row: says which rows it includes. */
public final class Filter {
  /** Includes every row. */
  public static final Filter ALL = new Filter(row -> true);

  private final Predicate<Message> condition;

  private Filter(Predicate<Message> condition) {
    this.condition = condition;
  }

  /**
   * Reads an expression; "" includes all.
   *
   * @throws ProblemException INVALID_ARGUMENT; its text is what Consul says
   */
  public static Filter parse(String expression, Selectors selectors) {
    return expression.isEmpty()
        ? ALL
        : new Filter(compile(FilterParser.parse(expression), selectors));
  }

  /**
   * Looks only whether it is an expression, whatever its selectors name.
   *
   * @throws ProblemException INVALID_ARGUMENT
   */
  public static void requireSyntax(String expression) {
    FilterParser.parse(expression);
  }

  private static Predicate<Message> compile(Expression expression, Selectors selectors) {
    if (expression instanceof Expression.And and) {
      return compile(and.left(), selectors).and(compile(and.right(), selectors));
    } else if (expression instanceof Expression.Or or) {
      return compile(or.left(), selectors).or(compile(or.right(), selectors));
    } else if (expression instanceof Expression.Not not) {
      return compile(not.operand(), selectors).negate();
    }
    return Condition.of((Expression.Match) expression, selectors);
  }

  public boolean includes(Message row) {
    return condition.test(row);
  }

  /** Those that it includes, in their order. */
  public <M extends Message> List<M> of(Collection<M> rows) {
    return rows.stream().filter(this::includes).toList();
  }
}
