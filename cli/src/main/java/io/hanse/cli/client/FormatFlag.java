package io.hanse.cli.client;

import picocli.CommandLine.Option;

/** The flag of commands that print either for people or for programs. */
public final class FormatFlag {
  @Option(
      names = "-format",
      defaultValue = "pretty",
      paramLabel = "<format>",
      description = "pretty or json.")
  private String format = "pretty";

  /**
   * Whether JSON is asked for.
   *
   * @param valid the formats as the message about another one lists them: {@code json|pretty}
   */
  public boolean isJson(String valid) {
    Failures.requireFormat(format, valid);
    return format.equals("json");
  }
}
