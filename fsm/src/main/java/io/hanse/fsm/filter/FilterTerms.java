package io.hanse.fsm.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Parses what questions consist of: selectors, operators and values. As in {@link FilterParser},
 * what does not fit takes nothing.
 */
final class FilterTerms {
  private static final IntPredicate LETTER = c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  private static final IntPredicate IN_WORD = LETTER.or(FilterTerms::isDigit).or(c -> c == '_');

  private final Cursor in;

  FilterTerms(Cursor in) {
    this.in = in;
  }

  @Nullable MatchOperator comparison() {
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

  /** As {@link #words}, with nothing behind the last. */
  boolean isEmptiness(String... words) {
    int start = in.at();
    for (String word : words) {
      if (!in.space() || !in.literal(word)) {
        in.goTo(start);
        return false;
      }
    }
    return true;
  }

  @Nullable MatchOperator membership() {
    if (words("in")) {
      return MatchOperator.IN;
    }
    return words("not", "in") ? MatchOperator.NOT_IN : null;
  }

  @Nullable List<String> selector() {
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

  @Nullable String value() {
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
      if (!in.oneOf("[1-9]", FilterTerms::isDigitButZero)) {
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
    boolean isThere = in.oneOf("[0-9]", FilterTerms::isDigit);
    while (isThere && in.oneOf("[0-9]", FilterTerms::isDigit)) {
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
