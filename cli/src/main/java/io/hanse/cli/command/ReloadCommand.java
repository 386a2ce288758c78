package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.IgnoredArguments;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Has a server read again what may change without a restart. */
@Command(
    name = "reload",
    description = "Has a server read its certificates again, as the signal HUP does.")
public final class ReloadCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final HttpFlags http = new HttpFlags();
  @Mixin private final IgnoredArguments ignored = new IgnoredArguments();

  public ReloadCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    during(
        "Error reloading",
        () -> http.client(session).send(Request.put("/v1/agent/reload")).orFail());
    session.print("Configuration reload triggered");
    return 0;
  }
}
