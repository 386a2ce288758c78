package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a server part from the others, and stop. */
@Command(
    name = "leave",
    description = {
      "Has a server leave its cluster, and stop.",
      "The others go on with a majority of those who are left. Started again, it joins them anew.",
      "A lone server only stops."
    })
public final class LeaveCommand implements Callable<Integer> {
  private final Session session;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private final HttpFlags http = new HttpFlags();

  @Parameters(hidden = true)
  private @Nullable List<String> arguments;

  public LeaveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<String> unexpected = Failures.arguments(arguments);
    if (!unexpected.isEmpty()) {
      spec.commandLine().usage(session.out());
      throw new CommandFailure(
          "Error found unexpected args: [" + String.join(" ", unexpected) + "]");
    }
    during(
        "Error leaving", () -> http.client(session).send(Request.put("/v1/agent/leave")).orFail());
    session.print("Graceful leave complete");
    return 0;
  }
}
