package io.hanse.cli.client;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of commands that read from servers: where, and whether any of them may answer. */
public final class ServerFlags {
  @Mixin private final HttpFlags http = new HttpFlags();

  @Mixin private final TenancyFlags tenancy = new TenancyFlags();

  @Option(
      names = "-datacenter",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Datacenter to ask; that of the agent by default.")
  private String datacenter = "";

  @Option(
      names = "-stale",
      description = "Any server may answer from what it has, not only by way of the leader.")
  private boolean stale;

  public ApiClient client(Session session) {
    Map<String, String> parameters = new LinkedHashMap<>(tenancy.parameters());
    if (!datacenter.isEmpty()) {
      parameters.put("dc", datacenter);
    }
    if (stale) {
      parameters.put("stale", "");
    }
    return http.client(session, parameters);
  }
}
