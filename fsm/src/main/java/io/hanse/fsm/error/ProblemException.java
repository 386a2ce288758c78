package io.hanse.fsm.error;

/** A failure with its code. The message says what, which and what next, and holds no secret. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ProblemCode code;

  public ProblemException(ProblemCode code, String message) {
    super(message);
    this.code = code;
  }

  public ProblemException(ProblemCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ProblemCode code() {
    return code;
  }
}
