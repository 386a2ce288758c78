package io.hanse.cli.client;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Flags of another edition. They are sent, so that the server says what it makes of them. */
public final class TenancyFlags {
  @Option(
      names = "-namespace",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Only \"default\" is known to this edition.")
  private String namespace = "";

  @Option(
      names = "-partition",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Only \"default\" is known to this edition.")
  private String partition = "";

  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!namespace.isEmpty()) {
      parameters.put("ns", namespace);
    }
    if (!partition.isEmpty()) {
      parameters.put("partition", partition);
    }
    return parameters;
  }
}
