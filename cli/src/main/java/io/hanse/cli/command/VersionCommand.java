package io.hanse.cli.command;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.cli.config.ProductVersion;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "version", description = "Prints the version and what it is compatible with.")
public final class VersionCommand implements Callable<Integer> {
  private final Session session;

  @Option(names = "-format", defaultValue = "pretty", description = "pretty or json.")
  private String format = "pretty";

  public VersionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String version = ProductVersion.text();
    switch (format) {
      case "pretty" -> {
        session.print("Hanse v" + version);
        session.print("Compatible with the API of Consul v" + ProductVersion.COMPATIBLE_WITH);
      }
      case "json" -> {
        Map<String, Value> fields = new LinkedHashMap<>();
        fields.put("Version", Value.of(version));
        fields.put("CompatibleWith", Value.of(ProductVersion.COMPATIBLE_WITH));
        session.print(JsonText.pretty(new Value.Fields(fields), "   "));
      }
      default -> throw new CommandFailure("Unknown format: " + format);
    }
    return 0;
  }
}
