package io.hanse.cli.config.hcl;

import java.math.BigDecimal;
import java.math.BigInteger;

/** HCL's spellings of numbers: decimal, {@code 0x} hexadecimal, {@code 0} octal, fractions. */
final class HclNumber {
  /** More than any number needs, and few enough to print in full. */
  private static final int EXPONENT_MAX = 400;

  private HclNumber() {}

  static boolean isFraction(String raw) {
    return !isHexadecimal(raw) && raw.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
  }

  /** The same number as JSON would have it. */
  static String decimal(String raw) {
    String sign = raw.startsWith("-") ? "-" : "";
    String digits = raw.startsWith("-") || raw.startsWith("+") ? raw.substring(1) : raw;
    if (isFraction(raw)) {
      BigDecimal number = new BigDecimal(raw);
      if (Math.abs((long) number.scale()) + number.precision() > EXPONENT_MAX) {
        throw new NumberFormatException(raw);
      }
      return number.toPlainString();
    }
    if (digits.isEmpty() || digits.startsWith("-") || digits.startsWith("+")) {
      throw new NumberFormatException(raw);
    }
    BigInteger number =
        isHexadecimal(raw)
            ? new BigInteger(digits.substring(2), 16)
            : new BigInteger(digits, digits.length() > 1 && digits.startsWith("0") ? 8 : 10);
    return number.signum() == 0 ? "0" : sign + number;
  }

  private static boolean isHexadecimal(String raw) {
    return raw.matches("[+-]?0[xX].*");
  }
}
