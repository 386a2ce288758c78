package io.hanse.http.json;

import io.hanse.fsm.config.Durations;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;

/** Durations as Go reads and prints them: {@code 1h2m3.5s}, {@code 200ms}, {@code 1µs}. */
public final class GoDuration {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final BigInteger NANOS_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns",
          1L,
          "us",
          MICRO,
          "µs",
          MICRO,
          "μs",
          MICRO,
          "ms",
          MILLI,
          "s",
          SECOND,
          "m",
          60 * SECOND,
          "h",
          3600 * SECOND);

  /** What an operator is told who wrote something else. */
  public static final String EXPECTED =
      "a number with a unit is expected, like \"10s\" or \"1m30s\"";

  private GoDuration() {}

  /**
   * Reads a duration.
   *
   * @throws JsonProblem with Go's text
   */
  public static Duration parse(String text) {
    String rest = text;
    boolean isNegative = rest.startsWith("-");
    if (isNegative || rest.startsWith("+")) {
      rest = rest.substring(1);
    }
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    if (rest.isEmpty()) {
      throw invalid("invalid duration", text);
    }
    BigInteger nanos = BigInteger.ZERO;
    while (!rest.isEmpty()) {
      int digits = span(rest, 0, true);
      if (digits == 0 || rest.substring(0, digits).equals(".")) {
        throw invalid("invalid duration", text);
      }
      int unitEnd = span(rest, digits, false);
      String unit = rest.substring(digits, unitEnd);
      if (unit.isEmpty()) {
        throw invalid("missing unit in duration", text);
      }
      Long scale = UNITS.get(unit);
      if (scale == null) {
        throw new JsonProblem("time: unknown unit " + quote(unit) + " in duration " + quote(text));
      }
      nanos = nanos.add(scaled(rest.substring(0, digits), scale, text));
      rest = rest.substring(unitEnd);
    }
    if (nanos.compareTo(NANOS_MAX) > 0) {
      throw invalid("invalid duration", text);
    }
    return Duration.ofNanos(isNegative ? -nanos.longValue() : nanos.longValue());
  }

  private static BigInteger scaled(String number, long scale, String text) {
    if (number.indexOf('.') != number.lastIndexOf('.') || number.length() > 40) {
      throw invalid("invalid duration", text);
    }
    String padded = number.startsWith(".") ? "0" + number : number;
    return new BigDecimal(padded.endsWith(".") ? padded + "0" : padded)
        .multiply(BigDecimal.valueOf(scale))
        .toBigInteger();
  }

  private static int span(String text, int from, boolean ofDigits) {
    int end = from;
    while (end < text.length() && isNumeric(text.charAt(end)) == ofDigits) {
      end++;
    }
    return end;
  }

  private static boolean isNumeric(char c) {
    return c == '.' || (c >= '0' && c <= '9');
  }

  private static JsonProblem invalid(String what, String text) {
    return new JsonProblem("time: " + what + " " + quote(text));
  }

  private static String quote(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  public static String format(Duration duration) {
    return Durations.text(duration);
  }

  public static String format(com.google.protobuf.Duration duration) {
    return format(Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
  }
}
