package io.hanse.fsm.filter;

/** How a field is compared; the names are those that refusals print. */
enum MatchOperator {
  EQUAL("Equal", false),
  NOT_EQUAL("Not Equal", true),
  IN("In", false),
  NOT_IN("Not In", true),
  IS_EMPTY("Is Empty", false),
  IS_NOT_EMPTY("Is Not Empty", true),
  MATCHES("Matches", false),
  NOT_MATCHES("Not Matches", true);

  private final String title;
  private final boolean isNegated;

  MatchOperator(String title, boolean isNegated) {
    this.title = title;
    this.isNegated = isNegated;
  }

  String title() {
    return title;
  }

  /** The question without its "not". */
  MatchOperator positive() {
    return isNegated ? values()[ordinalOfPositive()] : this;
  }

  @SuppressWarnings("EnumOrdinal") // each negated one stands behind its positive
  private int ordinalOfPositive() {
    return ordinal() - 1;
  }

  boolean isNegated() {
    return isNegated;
  }

  /** What is said of a key that a map does not have. */
  boolean holdsForMissingKey() {
    return switch (this) {
      case EQUAL, IN, IS_NOT_EMPTY -> false;
      // Of patterns both: so the reference implementation has it.
      case NOT_EQUAL, NOT_IN, IS_EMPTY, MATCHES, NOT_MATCHES -> true;
    };
  }
}
