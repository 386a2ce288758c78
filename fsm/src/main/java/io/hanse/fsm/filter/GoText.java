package io.hanse.fsm.filter;

import io.hanse.fsm.error.Quoted;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Strings, numbers and booleans as Go writes and reads them in source text. */
final class GoText {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  /** What stands behind a backslash, and what each means. */
  private static final String ESCAPED = "abfnrtv\\\"";

  private static final String PLAIN = "\u0007\b\f\n\r\t\u000b\\\"";

  private GoText() {}

  /** The meaning of a literal with its quotes; empty if an escape in it means nothing. */
  static Optional<String> unquoted(String literal) {
    String body = literal.substring(1, literal.length() - 1);
    if (literal.charAt(0) == '`') {
      return Optional.of(body.replace("\r", ""));
    }
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i);
      i++;
      if (c == '\n') {
        return Optional.empty();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = i < body.length() ? body.charAt(i) : 0;
      int simple = ESCAPED.indexOf(kind);
      if (simple >= 0) {
        out.append(PLAIN.charAt(simple));
        i++;
        continue;
      }
      int length = digitsOf(kind);
      OptionalInt code = codePoint(body, kind >= '0' && kind <= '7' ? i : i + 1, length, kind);
      if (code.isEmpty()) {
        return Optional.empty();
      }
      out.appendCodePoint(code.getAsInt());
      i += kind >= '0' && kind <= '7' ? length : length + 1;
    }
    return Optional.of(out.toString());
  }

  private static int digitsOf(char kind) {
    return switch (kind) {
      case 'x' -> 2;
      case 'u' -> 4;
      case 'U' -> 8;
      case '0', '1', '2', '3', '4', '5', '6', '7' -> 3;
      default -> 0;
    };
  }

  private static OptionalInt codePoint(String text, int from, int length, char kind) {
    if (length == 0 || from + length > text.length()) {
      return OptionalInt.empty();
    }
    String digits = text.substring(from, from + length);
    if (!digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      return OptionalInt.empty();
    }
    try {
      int code = Integer.parseInt(digits, length == 3 ? 8 : 16);
      boolean isByte = kind == 'x' || length == 3;
      boolean isValid = isByte ? code <= 0xff : Character.isValidCodePoint(code);
      return isValid ? OptionalInt.of(code) : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  /**
   * Reads an integer whose prefix says its base.
   *
   * @throws NumberFormatException with Go's words
   */
  static long integer(String text) {
    String failed = "strconv.ParseInt: parsing " + Quoted.of(text) + ": ";
    boolean isSigned = text.startsWith("-") || text.startsWith("+");
    String digits = (isSigned ? text.substring(1) : text).toLowerCase(Locale.ROOT);
    int base = 10;
    if (digits.startsWith("0x") || digits.startsWith("0b") || digits.startsWith("0o")) {
      base = digits.charAt(1) == 'x' ? 16 : digits.charAt(1) == 'b' ? 2 : 8;
      digits = digits.substring(2);
    } else if (digits.startsWith("0") && digits.length() > 1) {
      base = 8;
      digits = digits.substring(1);
    }
    try {
      if (!areDigits(digits, base)) {
        throw new NumberFormatException(failed + "invalid syntax");
      }
      BigInteger value = new BigInteger(digits.replace("_", ""), base);
      return (text.startsWith("-") ? value.negate() : value).longValueExact();
    } catch (ArithmeticException e) {
      throw outOfRange(failed, e);
    }
  }

  /** An underscore may stand between two digits. */
  private static boolean areDigits(String text, int base) {
    boolean wasDigit = false;
    for (int i = 0; i < text.length(); i++) {
      boolean isDigit = Character.digit(text.charAt(i), base) >= 0;
      if (!isDigit && (text.charAt(i) != '_' || !wasDigit)) {
        return false;
      }
      wasDigit = isDigit;
    }
    return wasDigit;
  }

  private static NumberFormatException outOfRange(String failed, ArithmeticException cause) {
    NumberFormatException problem = new NumberFormatException(failed + "value out of range");
    problem.initCause(cause);
    return problem;
  }

  /**
   * Reads a boolean.
   *
   * @throws NumberFormatException with Go's words
   */
  static boolean bool(String text) {
    if (!TRUE.contains(text) && !FALSE.contains(text)) {
      throw new NumberFormatException(
          "strconv.ParseBool: parsing " + Quoted.of(text) + ": invalid syntax");
    }
    return TRUE.contains(text);
  }
}
