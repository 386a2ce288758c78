package io.hanse.cli.program;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.KeyValue;
import io.hanse.cli.client.Request;
import io.hanse.cli.value.Value;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a mesh gateway is registered. */
final class GatewayFlags {
  static final String KIND = "mesh-gateway";

  private static final int DEFAULT_PORT = 8443;

  /** Of the check. A gateway listens only seconds after it was registered. */
  private static final String STARTING_INTERVAL = "1s";

  private static final String INTERVAL = "10s";

  @Option(
      names = "-service",
      defaultValue = KIND,
      paramLabel = "<name>",
      description = "Name and id of the gateway's service; mesh-gateway by default.")
  private String service = KIND;

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
        "The agent forgets a gateway that is critical for so long; of one that is stopped in order",
        "it is told at once."
      })
  private String deregisterAfter = "6h";

  String service() {
    return service;
  }

  boolean exposesServers() {
    return exposeServers;
  }

  /**
   * Tells the agent of the gateway; the same again changes nothing. What is answered takes that
   * back.
   */
  GatewayRegistration register(ApiClient api) {
    if (exposeServers) {
      throw new CommandFailure("-expose-servers is not supported; join clusters by peering");
    }
    requireListenable();
    Value definition = definition(STARTING_INTERVAL);
    during(
        "Error registering service \"" + service + "\"",
        () -> api.send(Request.put("/v1/agent/service/register").with(definition)).orFail());
    return new GatewayRegistration(api, service, parsed("-address", address), definition(INTERVAL));
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

  /** With a check that runs so often. */
  private Value definition(String interval) {
    InetSocketAddress lan = parsed("-address", address);
    InetSocketAddress wan = wanAddress.isEmpty() ? lan : parsed("-wan-address", wanAddress);
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("Kind", Value.of(KIND));
    fields.put("Name", Value.of(service));
    fields.put("ID", Value.of(service));
    fields.put("Address", Value.of(lan.getHostString()));
    fields.put("Port", Value.of(lan.getPort()));
    fields.put("TaggedAddresses", object("lan", address(lan), "wan", address(wan)));
    if (bindAddresses != null && !bindAddresses.isEmpty()) {
      fields.put("Proxy", object("Config", bindConfig(bindAddresses)));
    }
    String host = lan.getHostString().isEmpty() ? "127.0.0.1" : lan.getHostString();
    Value check =
        object(
            "Name",
            Value.of("Mesh Gateway Listening"),
            "TCP",
            Value.of((host.contains(":") ? "[" + host + "]" : host) + ":" + lan.getPort()),
            "Interval",
            Value.of(interval),
            "DeregisterCriticalServiceAfter",
            Value.of(deregisterAfter));
    fields.put("Check", check);
    return new Value.Fields(fields);
  }

  private static Value bindConfig(List<KeyValue> bindAddresses) {
    Map<String, Value> addresses = new LinkedHashMap<>();
    for (KeyValue bind : bindAddresses) {
      addresses.put(bind.key(), address(parsed("-bind-address", bind.value())));
    }
    return object(
        "envoy_gateway_no_default_bind",
        Value.of(true),
        "envoy_gateway_bind_addresses",
        new Value.Fields(addresses));
  }

  private static Value address(InetSocketAddress address) {
    return object(
        "address", Value.of(address.getHostString()), "port", Value.of(address.getPort()));
  }

  private static InetSocketAddress parsed(String flag, String text) {
    if (text.isEmpty()) {
      return InetSocketAddress.createUnresolved("", DEFAULT_PORT);
    }
    InetSocketAddress address =
        ProxyFlags.socketAddress(flag, text.contains(":") ? text : text + ":" + DEFAULT_PORT);
    return InetSocketAddress.createUnresolved(address.getHostString(), address.getPort());
  }

  private static Value object(Object... pairs) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], (Value) pairs[i + 1]);
    }
    return new Value.Fields(fields);
  }
}
