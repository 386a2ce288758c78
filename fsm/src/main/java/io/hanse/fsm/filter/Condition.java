package io.hanse.fsm.filter;

import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.filter.Expression.Match;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One question of an expression, made fit for a type of row. */
final class Condition implements Predicate<Message> {
  private final Path path;
  private final MatchOperator operator;
  private final Predicate<Object> question;

  private Condition(Path path, MatchOperator operator, Predicate<Object> question) {
    this.path = path;
    this.operator = operator;
    this.question = operator.isNegated() ? question.negate() : question;
  }

  /**
   * Binds a question to the fields that rows have.
   *
   * @throws ProblemException INVALID_ARGUMENT
   */
  static Condition of(Match match, Selectors selectors) {
    String selector = Quoted.of(String.join(".", match.selector()));
    Path path = selectors.find(match.selector()).orElseThrow(() -> unknown(match, selectors));
    if (!path.kind().answers(match.operator())) {
      throw invalid(
          "Invalid match operator \"" + match.operator().title() + "\" for selector " + selector);
    }
    return new Condition(path, match.operator(), question(match, path.kind(), selector));
  }

  private static ProblemException unknown(Match match, Selectors selectors) {
    int length = 1;
    while (selectors.find(match.selector().subList(0, length)).isPresent()) {
      length++;
    }
    return invalid(
        "Selector "
            + Quoted.of(String.join(".", match.selector().subList(0, length)))
            + " is not valid");
  }

  private static ProblemException invalid(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  private static Predicate<Object> question(Match match, Path.Kind kind, String selector) {
    String wanted = match.value();
    return switch (match.operator().positive()) {
      case IS_EMPTY -> value -> ((List<?>) value).isEmpty();
      case MATCHES -> {
        Regex regex = regex(wanted);
        yield value -> regex.isFoundIn((String) value);
      }
      case IN ->
          switch (kind) {
            case TEXT -> value -> ((String) value).contains(wanted);
            case MAP -> value -> hasKey((List<?>) value, wanted);
            default -> value -> ((List<?>) value).contains(wanted);
          };
      default -> equality(kind, wanted, selector);
    };
  }

  private static Predicate<Object> equality(Path.Kind kind, String wanted, String selector) {
    try {
      if (kind == Path.Kind.NUMBER) {
        long number = GoText.integer(wanted);
        return value -> ((Number) value).longValue() == number;
      }
      Object same = kind == Path.Kind.FLAG ? (Object) GoText.bool(wanted) : wanted;
      return same::equals;
    } catch (NumberFormatException e) {
      throw invalid(
          "Failed to coerce value "
              + Quoted.of(wanted)
              + " for selector "
              + selector
              + ": "
              + Optional.ofNullable(e.getMessage()).orElse(""));
    }
  }

  private static Regex regex(String pattern) {
    try {
      return Regex.compile(pattern);
    } catch (IllegalArgumentException e) {
      throw invalid(
          "Failed to compile regular expression "
              + Quoted.of(pattern)
              + ": "
              + Optional.ofNullable(e.getMessage()).orElse(""));
    }
  }

  private static boolean hasKey(List<?> pairs, String key) {
    return pairs.stream()
        .map(Message.class::cast)
        .anyMatch(pair -> pair.getField(Path.part(pair, "key")).equals(key));
  }

  @Override
  public boolean test(Message row) {
    return path.ask(row, operator.holdsForMissingKey(), question);
  }
}
