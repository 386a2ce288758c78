package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "proxy", description = "Runs the sidecar of a service that is registered.")
public final class SidecarCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private final ProxyFlags proxy = new ProxyFlags();

  @Option(
      names = "-sidecar-for",
      defaultValue = "",
      paramLabel = "<service id>",
      description = "The service whose registered sidecar this is. CONNECT_SIDECAR_FOR.")
  private String sidecarFor = "";

  @Option(
      names = "-proxy-id",
      defaultValue = "",
      paramLabel = "<service id>",
      description = "The id that the sidecar is registered by. CONNECT_PROXY_ID.")
  private String proxyId = "";

  public SidecarCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    proxy.configureLogs();
    return Proxies.sidecar(session, proxy, () -> find(session, proxy, proxyId, sidecarFor));
  }

  /** The id of the sidecar that flags or environment name. */
  static String find(Session session, ProxyFlags proxy, String proxyId, String sidecarFor) {
    String id = proxyId.isEmpty() ? session.variable("CONNECT_PROXY_ID").orElse("") : proxyId;
    if (!id.isEmpty()) {
      return id;
    }
    String service =
        sidecarFor.isEmpty() ? session.variable("CONNECT_SIDECAR_FOR").orElse("") : sidecarFor;
    if (service.isEmpty()) {
      throw new CommandFailure(
          "No proxy ID specified. One of -proxy-id or -sidecar-for is required");
    }
    return SidecarLookup.proxyIdOf(proxy.http().client(session), service);
  }
}
