package io.hanse.http.json;

import java.math.BigDecimal;

/** Numbers as Go's JSON encoder prints them. */
final class GoNumber {
  private static final double EXPONENT_FROM = 1e21;
  private static final double EXPONENT_BELOW = 1e-6;

  private GoNumber() {}

  /** Without a fraction where there is none, with an exponent only where it is far from one. */
  static String format(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new JsonProblem("json: unsupported value: " + value);
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value));
    double size = Math.abs(value);
    if (size >= EXPONENT_BELOW && size < EXPONENT_FROM) {
      return plain(decimal);
    }
    BigDecimal shortest = decimal.stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "" : "+") + exponent;
  }

  static String plain(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.toPlainString();
  }
}
