package io.hanse.cli.client;

import java.util.Map;
import picocli.CommandLine.Option;

/** A flag of another edition. It is sent, so that the server says what it makes of it. */
public final class PartitionFlag {
  private static final String PARAMETER = "partition";

  @Option(
      names = "-partition",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Only \"default\" is known to this edition.")
  private String partition = "";

  public Request on(Request request) {
    return request.withUnlessEmpty(PARAMETER, partition);
  }

  void addTo(Map<String, String> parameters) {
    if (!partition.isEmpty()) {
      parameters.put(PARAMETER, partition);
    }
  }
}
