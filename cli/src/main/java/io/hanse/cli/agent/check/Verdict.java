package io.hanse.cli.agent.check;

/** What a probe found. */
public record Verdict(String status, String output) {
  public static final String PASSING = "passing";
  public static final String WARNING = "warning";
  public static final String CRITICAL = "critical";

  static Verdict passing(String output) {
    return new Verdict(PASSING, output);
  }

  static Verdict warning(String output) {
    return new Verdict(WARNING, output);
  }

  static Verdict critical(String output) {
    return new Verdict(CRITICAL, output);
  }
}
