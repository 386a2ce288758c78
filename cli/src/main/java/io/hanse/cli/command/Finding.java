package io.hanse.cli.command;

/**
 * One step of an explanation.
 *
 * @param hint what to do about it; "" where nothing is to be done, or it is said already
 */
record Finding(Mark mark, String what, String hint) {
  /** How a step stands. */
  enum Mark {
    /** It stands in nobody's way. */
    GOOD("ok", "ok"),
    /** Nobody here can say, or what is known is old. It is no reason of its own. */
    OPEN("??", "open"),
    /** It stands in the way. */
    BAD("!!", "bad");

    private final String sign;
    private final String word;

    Mark(String sign, String word) {
      this.sign = sign;
      this.word = word;
    }

    String sign() {
      return sign;
    }

    String word() {
      return word;
    }
  }

  static Finding good(String what) {
    return new Finding(Mark.GOOD, what, "");
  }

  static Finding open(String what, String hint) {
    return new Finding(Mark.OPEN, what, hint);
  }

  static Finding bad(String what, String hint) {
    return new Finding(Mark.BAD, what, hint);
  }

  boolean isBad() {
    return mark == Mark.BAD;
  }
}
