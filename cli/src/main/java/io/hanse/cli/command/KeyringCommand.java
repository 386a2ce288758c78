package io.hanse.cli.command;

import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at the keys that servers share, and changes them on all servers at once. */
@Command(name = "keyring", description = "Lists and changes the keys that servers share.")
public final class KeyringCommand implements Callable<Integer> {
  private static final String PATH = "/v1/operator/keyring";
  private static final int RELAYS_MAX = 5;

  private final Session session;

  @Mixin private final HttpFlags http = new HttpFlags();

  @Option(names = "-install", defaultValue = "", description = "Gives all servers this key too.")
  private String install = "";

  @Option(names = "-list", description = "Lists all keys.")
  private boolean list;

  @Option(names = "-list-primary", description = "Lists the keys that sign.")
  private boolean listPrimary;

  @Option(names = "-local-only", description = "Lists those of this datacenter only.")
  private boolean localOnly;

  @Option(names = "-relay-factor", defaultValue = "0", description = "Taken, and not needed.")
  private int relayFactor;

  @Option(names = "-remove", defaultValue = "", description = "Takes this key away.")
  private String remove = "";

  @Option(names = "-use", defaultValue = "", description = "Makes this key the one that signs.")
  private String use = "";

  public KeyringCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    long actions =
        Stream.of(!install.isEmpty(), list, listPrimary, !remove.isEmpty(), !use.isEmpty())
            .filter(isGiven -> isGiven)
            .count();
    if (actions != 1) {
      throw new CommandFailure(
          actions > 1
              ? "Only a single action is allowed"
              : "One of -install, -list, -list-primary, -remove or -use is needed");
    }
    if (relayFactor < 0 || relayFactor > RELAYS_MAX) {
      throw new CommandFailure("Error parsing relay factor: Relay factor must be in range: [0, 5]");
    }
    if (localOnly && !list && !listPrimary) {
      throw new CommandFailure(
          "Error validating local-only: local-only can only be set for list requests");
    }
    if (list) {
      print("Gathering installed encryption keys...", "Keys");
    } else if (listPrimary) {
      print("Gathering installed primary encryption keys...", "PrimaryKeys");
    } else if (!install.isEmpty()) {
      change("Installing new gossip encryption key...", Request.post(PATH), install);
    } else if (!remove.isEmpty()) {
      change("Removing gossip encryption key...", Request.delete(PATH), remove);
    } else {
      change("Changing primary gossip encryption key...", Request.put(PATH), use);
    }
    return 0;
  }

  private void change(String what, Request request, String key) {
    session.print("==> " + what);
    send(request.with(Value.ofTexts(Map.of("Key", key))));
  }

  private Response send(Request request) {
    try {
      return http.client(session).send(request).orFail();
    } catch (ApiException e) {
      throw new CommandFailure("error: " + e.getMessage());
    }
  }

  private void print(String what, String field) {
    session.print("==> " + what);
    Request request = Request.get(PATH).withUnlessEmpty("local-only", localOnly ? "true" : "");
    for (Value ring : send(request).json().items()) {
      session.print("");
      session.print(ring.at("WAN").truth() ? "WAN:" : ring.at("Datacenter").text() + " (LAN):");
      ring.at(field)
          .fields()
          .forEach(
              (key, count) ->
                  session.print(
                      "  " + key + " [" + count.text() + "/" + ring.at("NumNodes").text() + "]"));
    }
  }
}
