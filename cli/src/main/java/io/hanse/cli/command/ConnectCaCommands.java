package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
}
