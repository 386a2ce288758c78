package io.hanse.cli.value;

/** Text that is no JSON or no HCL. The message says where and what was expected. */
public final class SyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SyntaxException(String message) {
    super(message);
  }
}
