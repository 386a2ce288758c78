package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "quota",
    customSynopsis = "<subcommand> [options]",
    description = "Shows and sets how much the servers may keep.")
public final class OperatorQuotaCommands {
  private static final String QUOTA = "/v1/operator/quota";

  private final Session session;

  public OperatorQuotaCommands(Session session) {
    this.session = session;
  }

  @Command(name = "get", description = "Shows the quota, and how much of it is used.")
  int get(@Mixin ServerFlags server) {
    Value quota = quota(server.client(session));
    session.print("Rows = " + quota.at("Rows").text() + " of " + quota.at("RowsMax").text());
    session.print("Bytes = " + quota.at("Bytes").text() + " of " + quota.at("BytesMax").text());
    return 0;
  }

  @Command(name = "set", description = "Sets what is given, and leaves the rest.")
  int set(
      @Mixin ServerFlags server,
      @Option(names = "-rows", paramLabel = "<count>", description = "How many rows.")
          @Nullable Long rows,
      @Option(names = "-bytes", paramLabel = "<count>", description = "Of all keys and values.")
          @Nullable Long bytes) {
    if (rows == null && bytes == null) {
      throw new CommandFailure("Error setting the quota: give -rows, -bytes or both");
    }
    ApiClient client = server.client(session);
    Value now = quota(client);
    Map<String, Value> quota = new LinkedHashMap<>();
    quota.put("RowsMax", rows == null ? now.at("RowsMax") : Value.of(rows));
    quota.put("BytesMax", bytes == null ? now.at("BytesMax") : Value.of(bytes));
    during(
        "Error setting the quota",
        () -> client.send(Request.put(QUOTA).with(new Value.Fields(quota))).orFail());
    session.print("Quota updated!");
    return 0;
  }

  private static Value quota(ApiClient client) {
    return during("Error reading the quota", () -> client.get(QUOTA).orFail().json());
  }
}
