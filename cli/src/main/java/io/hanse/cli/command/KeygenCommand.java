package io.hanse.cli.command;

import io.hanse.cli.client.Session;
import io.hanse.identity.SharedKey;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes a key for the servers of a cluster to share. */
@Command(name = "keygen", description = "Prints a new key for encrypt, which all servers share.")
public final class KeygenCommand implements Callable<Integer> {
  private final Session session;

  public KeygenCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.print(SharedKey.fresh());
    return 0;
  }
}
