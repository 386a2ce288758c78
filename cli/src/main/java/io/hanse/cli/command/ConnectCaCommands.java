package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.required;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "ca", description = "Shows the certificate authority of the mesh.")
public final class ConnectCaCommands {
  private final Session session;

  public ConnectCaCommands(Session session) {
    this.session = session;
  }

  @Command(name = "get-config", description = "Shows its configuration.")
  int getConfig(@Mixin ServerFlags server) {
    Value configuration =
        during(
            "Error querying CA configuration",
            () -> server.client(session).get("/v1/connect/ca/configuration").orFail().json());
    session.print(JsonText.pretty(configuration, "\t"));
    return 0;
  }

  @Command(name = "set-config", description = "Changes its configuration.")
  int setConfig(
      @Mixin ServerFlags server,
      @Option(
              names = "-config-file",
              paramLabel = "<file>",
              defaultValue = "",
              description = "The configuration in JSON.")
          String file,
      @Option(
              names = "-force-without-cross-signing",
              description = "Does not have the old root sign the new one.")
          boolean force) {
    Value configuration = configuration(required(file, "The -config-file flag is required"));
    Map<String, Value> fields = new LinkedHashMap<>(configuration.fields());
    fields.put("ForceWithoutCrossSigning", Value.of(force));
    Request request = Request.put("/v1/connect/ca/configuration").with(new Value.Fields(fields));
    during("Error setting CA configuration", () -> server.client(session).send(request).orFail());
    session.print("Configuration updated!");
    return 0;
  }

  private Value configuration(String file) {
    String text;
    try {
      text = Files.readString(session.path(file));
    } catch (IOException e) {
      throw new CommandFailure(
          "Error reading config file: open " + file + ": " + Documents.reason(e));
    }
    try {
      return JsonText.parse(text);
    } catch (SyntaxException e) {
      throw new CommandFailure("Error parsing config file: " + e.getMessage());
    }
  }
}
