package io.hanse.cli.program;

import io.hanse.cli.value.Value;
import io.hanse.fsm.view.HostPort;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the agent is told of a mesh gateway.
 *
 * @param service its name and id
 * @param lan where its own cluster reaches it
 * @param wan where other clusters do
 * @param binds where it listens, by name; at {@code lan} if empty
 * @param deregisterAfter how long it may be critical before the agent forgets it
 */
record GatewayDefinition(
    String service,
    InetSocketAddress lan,
    InetSocketAddress wan,
    Map<String, InetSocketAddress> binds,
    String deregisterAfter) {
  static final String KIND = "mesh-gateway";

  /** Of the check. A gateway listens only seconds after it was registered. */
  private static final String STARTING_INTERVAL = "1s";

  private static final String INTERVAL = "10s";
  private static final String LEAVING_INTERVAL = "1s";

  /** By this the check of one that leaves is known. */
  private static final String LEAVING_NOTES = "The gateway was told to stop.";

  GatewayDefinition {
    binds = Map.copyOf(binds);
  }

  /** The service, of which the agent finds out soon whether it listens. */
  Value starting() {
    return service(STARTING_INTERVAL);
  }

  Value settled() {
    return service(INTERVAL);
  }

  /** The check alone, as it is while the gateway runs; what was found last stays. */
  Value.Fields check() {
    return alone(listening(INTERVAL));
  }

  /** In place of the check: critical, though the gateway listens for some more seconds. */
  Value.Fields leaving() {
    Map<String, Value> check = listening(LEAVING_INTERVAL);
    check.put("SuccessBeforePassing", Value.of(ProxyRun.LISTENS_SECONDS_MAX));
    check.put("Status", Value.of("critical"));
    check.put("Notes", Value.of(LEAVING_NOTES));
    return alone(check);
  }

  /** The check once more, for when nobody listens any more. */
  Value.Fields stopped() {
    Map<String, Value> check = listening(INTERVAL);
    check.put("Status", Value.of("critical"));
    return alone(check);
  }

  /** Whether the check, among all of the agent's, is that of one that leaves. */
  boolean isLeaving(Value checks) {
    return checks.at(checkId()).at("Notes").text().equals(LEAVING_NOTES);
  }

  private String checkId() {
    return "service:" + service;
  }

  /** Whether what is registered with the agent is a gateway at the same address. */
  boolean isAt(Value registered) {
    return registered.at("Address").text().equals(lan.getHostString())
        && registered.at("Port").whole() == lan.getPort();
  }

  private Value service(String interval) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("Kind", Value.of(KIND));
    fields.put("Name", Value.of(service));
    fields.put("ID", Value.of(service));
    fields.put("Address", Value.of(lan.getHostString()));
    fields.put("Port", Value.of(lan.getPort()));
    fields.put("TaggedAddresses", object("lan", address(lan), "wan", address(wan)));
    if (!binds.isEmpty()) {
      fields.put("Proxy", object("Config", bindConfig()));
    }
    fields.put("Check", new Value.Fields(complete(listening(interval))));
    return new Value.Fields(fields);
  }

  private Value.Fields alone(Map<String, Value> check) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("CheckID", Value.of(checkId()));
    fields.put("ServiceID", Value.of(service));
    fields.putAll(complete(check));
    return new Value.Fields(fields);
  }

  private Map<String, Value> complete(Map<String, Value> check) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("Name", Value.of("Mesh Gateway Listening"));
    fields.putAll(check);
    fields.put("DeregisterCriticalServiceAfter", Value.of(deregisterAfter));
    return fields;
  }

  private Map<String, Value> listening(String interval) {
    String host = lan.getHostString().isEmpty() ? "127.0.0.1" : lan.getHostString();
    Map<String, Value> check = new LinkedHashMap<>();
    check.put("TCP", Value.of(HostPort.joined(host, lan.getPort())));
    check.put("Interval", Value.of(interval));
    return check;
  }

  private Value bindConfig() {
    Map<String, Value> addresses = new LinkedHashMap<>();
    binds.forEach((name, each) -> addresses.put(name, address(each)));
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

  private static Value object(Object... pairs) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.put((String) pairs[i], (Value) pairs[i + 1]);
    }
    return new Value.Fields(fields);
  }
}
