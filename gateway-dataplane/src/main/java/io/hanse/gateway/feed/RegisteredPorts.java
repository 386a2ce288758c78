package io.hanse.gateway.feed;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.NodeService;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The ports of a proxy's registration. With one that is none the proxy would fail in the middle of
 * taking over what is new, with intentions and roots that are not in force yet.
 */
final class RegisteredPorts {
  private static final int PORT_MAX = 65_535;

  private RegisteredPorts() {}

  /** Which one is illegal; 0 stands for none given. */
  static Optional<String> flaw(NodeService registration) {
    return all(registration).entrySet().stream()
        .filter(each -> !(each.getValue() >= 0 && each.getValue() <= PORT_MAX))
        .map(each -> each.getKey() + " is no port: " + each.getValue().longValue())
        .findFirst();
  }

  /** By what each is called in a registration; fractions as they were given. */
  private static Map<String, Double> all(NodeService registration) {
    Map<String, Double> ports = new TreeMap<>();
    ports.put("port", (double) registration.getPort());
    registration
        .getTaggedAddressesMap()
        .forEach((name, at) -> ports.put("tagged address " + name, (double) at.getPort()));
    ports.put("local_service_port", (double) registration.getProxy().getLocalServicePort());
    registration
        .getProxy()
        .getUpstreamsList()
        .forEach(
            upstream ->
                ports.put(
                    "local_bind_port of " + upstream.getDestinationName(),
                    (double) upstream.getLocalBindPort()));
    Struct config = registration.getProxy().getConfig();
    ports.put("bind_port", number(config, "bind_port"));
    config
        .getFieldsOrDefault("envoy_gateway_bind_addresses", Value.getDefaultInstance())
        .getStructValue()
        .getFieldsMap()
        .forEach(
            (name, at) -> ports.put("bind address " + name, number(at.getStructValue(), "port")));
    return ports;
  }

  private static double number(Struct struct, String key) {
    return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getNumberValue();
  }
}
