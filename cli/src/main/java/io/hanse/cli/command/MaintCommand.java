package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.IgnoredArguments;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.view.Maintenance;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "maint",
    description = {
      "Takes a node, or a service of it, out of use.",
      "It stays so until it is given back, also over a restart of its agent. Without -enable and",
      "-disable, lists what of the agent is out of use."
    })
public final class MaintCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final HttpFlags http = new HttpFlags();
  @Mixin private final IgnoredArguments ignored = new IgnoredArguments();

  @Option(names = "-enable", description = "Takes it out of use.")
  private boolean enable;

  @Option(names = "-disable", description = "Gives it back.")
  private boolean disable;

  @Option(
      names = "-reason",
      defaultValue = "",
      paramLabel = "<text>",
      description = "For those who find it so.")
  private String reason = "";

  @Option(
      names = "-service",
      defaultValue = "",
      paramLabel = "<id>",
      description = "A service of the agent; the whole node by default.")
  private String service = "";

  public MaintCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (enable && disable) {
      throw new CommandFailure("Only one of -enable or -disable may be provided");
    }
    if (!enable && !reason.isEmpty()) {
      throw new CommandFailure("Reason may only be provided with -enable");
    }
    if (!enable && !disable && !service.isEmpty()) {
      throw new CommandFailure("Service requires either -enable or -disable");
    }
    if (enable || disable) {
      change();
    } else {
      list();
    }
    return 0;
  }

  private void change() {
    boolean isOfNode = service.isEmpty();
    String what = isOfNode ? "node" : "service";
    String path =
        isOfNode
            ? "/v1/agent/maintenance"
            : "/v1/agent/service/maintenance/" + Request.segment(service);
    Request request =
        Request.put(path)
            .with("enable", Boolean.toString(enable))
            .withUnlessEmpty("reason", reason);
    during(
        "Error " + (enable ? "enabling " : "disabling ") + what + " maintenance",
        () -> http.client(session).send(request).orFail());
    session.print(
        (isOfNode ? "Node" : "Service")
            + " maintenance is now "
            + (enable ? "enabled" : "disabled")
            + (isOfNode ? "" : " for " + Quoted.of(service)));
  }

  private void list() {
    ApiClient api = http.client(session);
    Value self =
        during("Error querying Consul agent", () -> api.get("/v1/agent/self").orFail().json());
    Map<String, Value> checks =
        during("Error getting checks", () -> api.get("/v1/agent/checks").orFail().json().fields());
    new TreeMap<>(checks)
        .forEach(
            (id, check) -> {
              String reason = Quoted.printable(check.at("Notes").text());
              String serviceId = check.at("ServiceID").text();
              if (!id.equals(Maintenance.checkId(serviceId))) {
                return;
              }
              if (serviceId.isEmpty()) {
                session.print("Node:");
                session.print("  Name:   " + self.at("Config").at("NodeName").text());
              } else {
                session.print("Service:");
                session.print("  ID:     " + Quoted.printable(serviceId));
              }
              session.print("  Reason: " + reason + "\n");
            });
  }
}
