package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Understands what starts Envoy elsewhere, and starts our own data plane. */
@Command(
    name = "envoy",
    description = {
      "Runs our own gateway or sidecar, with the flags that start Envoy elsewhere.",
      "Those that only an Envoy has a use for are ignored, with a warning."
    })
public final class EnvoyCommand implements Callable<Integer> {
  private static final List<String> KINDS = List.of("api", "terminating", "mesh", "ingress");

  private final Session session;

  @Mixin private final ProxyFlags proxy = new ProxyFlags();

  @Mixin private final GatewayFlags gateway = new GatewayFlags();

  @Mixin private final EnvoyOptions envoy = new EnvoyOptions();

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "-gateway",
      defaultValue = "",
      paramLabel = "<kind>",
      description = "The kind of gateway; only mesh is supported.")
  private String kind = "";

  @Option(
      names = "-register",
      description = {
        "Registers the gateway first. It is critical once it is told to stop, and stays registered",
        "for a while; see -deregister-after-critical."
      })
  private boolean register;

  @Option(
      names = "-sidecar-for",
      defaultValue = "",
      paramLabel = "<service id>",
      description = "The service whose registered sidecar to run. CONNECT_SIDECAR_FOR.")
  private String sidecarFor = "";

  @Option(
      names = "-proxy-id",
      defaultValue = "",
      paramLabel = "<service id>",
      description = "The id that the proxy is registered by. CONNECT_PROXY_ID.")
  private String proxyId = "";

  @Option(names = "-bootstrap", description = "Not supported: there is no Envoy to configure.")
  private boolean bootstrap;

  public EnvoyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    check();
    envoy.warn(session, Objects.requireNonNull(spec));
    proxy.configureLogs();
    if (kind.isEmpty()) {
      return Proxies.sidecar(
          session, proxy, () -> SidecarCommand.find(session, proxy, proxyId, sidecarFor));
    }
    Optional<GatewayRegistration> registration = Optional.empty();
    if (register) {
      proxy.requireFreeAdmin();
      registration = Optional.of(gateway.registration(proxy.http().client(session)));
    }
    String id = proxyId.isEmpty() ? gateway.service() : proxyId;
    return Proxies.gateway(session, proxy, id, registration);
  }

  private void check() {
    boolean sidecar =
        !(proxyId.isEmpty() && sidecarFor.isEmpty())
            || session.variable("CONNECT_PROXY_ID").isPresent()
            || session.variable("CONNECT_SIDECAR_FOR").isPresent();
    if (kind.isEmpty() && register) {
      throw new CommandFailure("Auto-Registration can only be used for gateways");
    }
    if (kind.isEmpty() && !sidecar) {
      throw new CommandFailure(
          "No proxy ID specified. One of -proxy-id, -sidecar-for, or -gateway is required");
    }
    if (!kind.isEmpty() && !KINDS.contains(kind)) {
      throw new CommandFailure("Gateway must be one of: api, terminating, mesh, or ingress");
    }
    if (gateway.exposesServers() && !kind.equals("mesh")) {
      throw new CommandFailure("'-expose-servers' can only be used for mesh gateways");
    }
    if (!kind.isEmpty() && !kind.equals("mesh")) {
      throw new CommandFailure("-gateway " + kind + " is not supported; only mesh is");
    }
    if (bootstrap) {
      throw new CommandFailure("-bootstrap is not supported; this runs without Envoy");
    }
  }
}
