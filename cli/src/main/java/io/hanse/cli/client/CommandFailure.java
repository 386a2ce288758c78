package io.hanse.cli.client;

/** Ends a command: its message goes to standard error, its exit code to the shell. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  public CommandFailure(String message) {
    this(message, 1);
  }

  /** An empty message prints nothing. */
  public CommandFailure(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  public String text() {
    return String.valueOf(getMessage());
  }

  public int exitCode() {
    return exitCode;
  }
}
