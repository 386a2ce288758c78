package io.hanse.cli.program;

import io.hanse.cli.client.Session;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "gateway",
    description = {
      "Runs a mesh gateway, through which clusters reach each other's services.",
      "It registers itself with the agent, unless its port is taken. One that is stopped in order is"
          + " critical at once, and stops to listen when callers have gone to others; one that fails"
          + " is found critical by its check. Either stays registered for a while, so that other"
          + " clusters know where it comes back.",
      "%nExample: hanse gateway -address 10.0.0.5:8443 -wan-address 198.51.100.5:443"
    })
public final class GatewayCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final ProxyFlags proxy = new ProxyFlags();

  @Mixin private final GatewayFlags gateway = new GatewayFlags();

  @SuppressWarnings("UnusedVariable")
  @Option(names = "-register", description = "It always registers; for those who are used to it.")
  private boolean register;

  public GatewayCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    proxy.configureLogs();
    proxy.requireFreeAdmin();
    return Proxies.gateway(
        session,
        proxy,
        gateway.service(),
        Optional.of(gateway.registration(proxy.http().client(session))));
  }
}
