package io.hanse.fsm.error;

/**
 * Every way in which a request can fail. The category decides whether to try again, the code what
 * the caller is told. Numbers are stored in the log's kept results and never change their meaning.
 */
public enum ProblemCode {
  INVALID_ARGUMENT(1, Category.CALLER),
  NOT_FOUND(2, Category.CALLER),
  CONFLICT(3, Category.CALLER),
  PERMISSION_DENIED(4, Category.CALLER),
  FAILED_PRECONDITION(5, Category.CALLER),
  TOO_LARGE(6, Category.CALLER),
  QUOTA_EXCEEDED(7, Category.CALLER),
  TOKEN_EXPIRED(8, Category.CALLER),

  NO_LEADER(20, Category.RETRY),
  NOT_LEADER(21, Category.RETRY),
  OVERLOADED(22, Category.RETRY),
  DEADLINE_EXCEEDED(23, Category.RETRY),
  SHUTTING_DOWN(24, Category.RETRY),

  COMMIT_UNKNOWN(40, Category.UNKNOWN),

  PEER_UNREACHABLE(60, Category.PEER),
  PEER_REFUSED(61, Category.PEER),
  TRUST_MISMATCH(62, Category.PEER),
  RESOURCE_TOO_LARGE(63, Category.PEER),

  INVARIANT_BROKEN(80, Category.BUG),
  DECODE_FAILED(81, Category.BUG),
  /** Written by a newer version of this program. */
  NEWER_FORMAT(82, Category.BUG);

  /** What the caller can do about it. */
  public enum Category {
    /** Mend the request. */
    CALLER,
    /** Nothing happened; try again, maybe elsewhere. */
    RETRY,
    /** It may have happened. */
    UNKNOWN,
    /** The other cluster, or the way to it. */
    PEER,
    /** Ours. */
    BUG
  }

  private final int number;
  private final Category category;

  ProblemCode(int number, Category category) {
    this.number = number;
    this.category = category;
  }

  public int number() {
    return number;
  }

  public Category category() {
    return category;
  }

  public static ProblemCode of(int number) {
    for (ProblemCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return INVARIANT_BROKEN;
  }
}
