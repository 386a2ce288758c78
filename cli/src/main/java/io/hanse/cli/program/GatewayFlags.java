package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.KeyValue;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a mesh gateway is registered. */
final class GatewayFlags {
  private static final int DEFAULT_PORT = 8443;

  @Option(
      names = "-service",
      defaultValue = GatewayDefinition.KIND,
      paramLabel = "<name>",
      description = "Name and id of the gateway's service; mesh-gateway by default.")
  private String service = GatewayDefinition.KIND;

  @Option(
      names = "-address",
      defaultValue = "",
      paramLabel = "<host:port>",
      description = "Where this cluster reaches the gateway; port 8443 by default.")
  private String address = "";

  @Option(
      names = "-wan-address",
      defaultValue = "",
      paramLabel = "<host:port>",
      description = "Where other clusters reach the gateway; as -address by default.")
  private String wanAddress = "";

  @Option(
      names = "-bind-address",
      converter = KeyValue.Converter.class,
      paramLabel = "<name=host:port>",
      description = "Listens here instead of at -address; may be repeated.")
  private @Nullable List<KeyValue> bindAddresses;

  @Option(
      names = "-expose-servers",
      description = "Not supported: servers are reached directly, or by peering.")
  private boolean exposeServers;

  @Option(
      names = "-deregister-after-critical",
      defaultValue = "6h",
      paramLabel = "<duration>",
      description = {
        "The agent forgets a gateway that is critical for so long, stopped in order or not; other",
        "clusters are told of its address until then."
      })
  private String deregisterAfter = "6h";

  String service() {
    return service;
  }

  boolean exposesServers() {
    return exposeServers;
  }

  /** How the agent will be told of the gateway, unless it could never listen. */
  GatewayRegistration registration(ApiClient api) {
    if (exposeServers) {
      throw new CommandFailure("-expose-servers is not supported; join clusters by peering");
    }
    requireListenable();
    return new GatewayRegistration(api, definition());
  }

  /** Before anybody is told of a gateway that could never listen. */
  private void requireListenable() {
    if (bindAddresses == null || bindAddresses.isEmpty()) {
      ListenTrial.run("-address", parsed("-address", address));
    } else {
      for (KeyValue bind : bindAddresses) {
        ListenTrial.run("-bind-address", parsed("-bind-address", bind.value()));
      }
    }
  }

  private GatewayDefinition definition() {
    InetSocketAddress lan = parsed("-address", address);
    Map<String, InetSocketAddress> binds = new LinkedHashMap<>();
    for (KeyValue bind : bindAddresses == null ? List.<KeyValue>of() : bindAddresses) {
      binds.put(bind.key(), parsed("-bind-address", bind.value()));
    }
    return new GatewayDefinition(
        service,
        lan,
        wanAddress.isEmpty() ? lan : parsed("-wan-address", wanAddress),
        binds,
        deregisterAfter);
  }

  private static InetSocketAddress parsed(String flag, String text) {
    if (text.isEmpty()) {
      return InetSocketAddress.createUnresolved("", DEFAULT_PORT);
    }
    InetSocketAddress address =
        ProxyFlags.socketAddress(flag, text.contains(":") ? text : text + ":" + DEFAULT_PORT);
    return InetSocketAddress.createUnresolved(address.getHostString(), address.getPort());
  }
}
