package io.hanse.cli.client;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Flags of another edition. They are sent, so that the server says what it makes of them. */
public final class TenancyFlags {
  @Option(
      names = "-namespace",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Only \"default\" is known to this edition.")
  private String namespace = "";

  @Mixin private final PartitionFlag partition = new PartitionFlag();

  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!namespace.isEmpty()) {
      parameters.put("ns", namespace);
    }
    partition.addTo(parameters);
    return parameters;
  }
}
