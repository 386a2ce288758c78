package io.hanse.cli.program;

/** What to say of a failure at the start: its own words where it has some. */
final class Messages {
  private Messages() {}

  static String of(Throwable problem) {
    String message = problem.getMessage();
    return message == null || message.isBlank() ? problem.toString() : message;
  }
}
