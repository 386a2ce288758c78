package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.Value;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "debug",
    customSynopsis = "<subcommand> [options]",
    description = "Looks at what should never go wrong.")
public final class DebugCommands {
  private static final int DIFFERENT = 2;

  private final Session session;

  public DebugCommands(Session session) {
    this.session = session;
  }

  @Command(
      name = "state-digest",
      description = {
        "Compares the states of all servers at one index of the log.",
        "Exits with 0 if they are equal, 2 if they differ, 1 if a server could not be asked."
      })
  int stateDigest(@Mixin ServerFlags server) {
    Value answer =
        during(
            "Error comparing states",
            () -> server.client(session).get("/v1/internal/state-digest").orFail().json());
    Table table = new Table("Node", "ID", "Log Index", "Digest");
    for (Value each : answer.at("Servers").items()) {
      String digest = each.at("Digest").text();
      table.row(
          each.at("Node").text(),
          each.at("ID").text(),
          answer.at("LogIndex").text(),
          digest.isEmpty() ? "unknown: " + each.at("Problem").text() : digest);
    }
    session.out().print(table.text());
    if (!answer.at("Equal").truth()) {
      session.warn("The states differ: keep the logs, and take out the server that is alone.");
      return DIFFERENT;
    }
    if (!answer.at("Complete").truth()) {
      session.warn("Not every server could be asked.");
      return 1;
    }
    return 0;
  }
}
