package io.hanse.cli.agent;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Server;
import io.hanse.http.agent.LocalAgent.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code /v1/agent/self} says. Source: Consul's API, B.6.2: all statistics are strings. */
final class AgentFacts {
  private static final String BUILD_DATE = "2025-08-13T00:00:00Z";
  private static final String REVISION = "hanse";

  private AgentFacts() {}

  static Map<String, Object> of(
      AgentIdentity identity,
      Server server,
      Leadership leadership,
      List<Member> members,
      LocalRegistry registry,
      long appliedIndex,
      boolean isPeeringEnabled) {
    Map<String, Object> self = new LinkedHashMap<>();
    self.put("Config", config(identity));
    self.put("DebugConfig", debugConfig(identity, server, isPeeringEnabled));
    self.put("Coord", coordinate());
    members.stream()
        .filter(member -> member.name().equals(identity.nodeName()))
        .findFirst()
        .ifPresent(member -> self.put("Member", member(member)));
    self.put("Stats", stats(leadership.standing(), members, registry, appliedIndex));
    self.put("Meta", identity.row().getMetaMap());
    self.put("xDS", xds(server));
    return self;
  }

  static Map<String, Object> member(Member member) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("Name", member.name());
    map.put("Addr", member.address());
    map.put("Port", member.port());
    map.put("Tags", member.tags());
    map.put("Status", member.status());
    map.put("ProtocolMin", 1);
    map.put("ProtocolMax", 5);
    map.put("ProtocolCur", 2);
    map.put("DelegateMin", 2);
    map.put("DelegateMax", 5);
    map.put("DelegateCur", 4);
    return map;
  }

  private static Map<String, Object> config(AgentIdentity identity) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("Datacenter", identity.datacenter());
    config.put("PrimaryDatacenter", identity.datacenter());
    config.put("NodeName", identity.nodeName());
    config.put("NodeID", identity.nodeId());
    config.put("Revision", REVISION);
    config.put("Server", true);
    config.put("Version", AgentIdentity.CONSUL_VERSION);
    config.put("BuildDate", BUILD_DATE);
    return config;
  }

  private static Map<String, Object> debugConfig(
      AgentIdentity identity, Server server, boolean isPeeringEnabled) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("AdvertiseAddrLAN", identity.address());
    config.put("AdvertiseAddrWAN", identity.wanAddress());
    config.put("Datacenter", identity.datacenter());
    config.put("DefaultIntentionPolicy", server.getDefaultIntentionPolicy());
    config.put("GRPCPort", orOff(server.getGrpcPort()));
    config.put("GRPCTLSPort", orOff(server.getGrpcTlsPort()));
    config.put("NodeID", identity.nodeId());
    config.put("NodeName", identity.nodeName());
    config.put("PeeringEnabled", isPeeringEnabled);
    config.put("SerfPortLAN", server.getSerfLanPort());
    config.put("ServerMode", true);
    config.put("ServerPort", server.getServerPort());
    return config;
  }

  private static int orOff(int port) {
    return port > 0 ? port : -1;
  }

  private static Map<String, Object> coordinate() {
    return Map.of(
        "Vec", List.of(0, 0, 0, 0, 0, 0, 0, 0), "Error", 1.5, "Adjustment", 0, "Height", 0.00001);
  }

  private static Map<String, Object> stats(
      Leadership.Standing standing,
      List<Member> members,
      LocalRegistry registry,
      long appliedIndex) {
    Map<String, Object> stats = new LinkedHashMap<>();
    stats.put(
        "agent",
        Map.of(
            "checks", text(registry.checks().size()),
            "services", text(registry.services().size())));
    stats.put(
        "build",
        Map.of("prerelease", "", "revision", REVISION, "version", AgentIdentity.CONSUL_VERSION));
    stats.put(
        "consul",
        Map.of(
            "acl", "disabled",
            "bootstrap", "false",
            "known_datacenters", "1",
            "leader", Boolean.toString(standing.self()),
            "server", "true"));
    stats.put(
        "raft",
        Map.of(
            "applied_index", text(appliedIndex),
            "num_peers", text(Math.max(0, members.size() - 1)),
            "state", standing.self() ? "Leader" : "Follower",
            "term", text(standing.term())));
    stats.put(
        "runtime",
        Map.of(
            "arch", System.getProperty("os.arch", ""),
            "os", System.getProperty("os.name", "").toLowerCase(Locale.ROOT),
            "version", Runtime.version().toString()));
    stats.put(
        "serf_lan",
        Map.of(
            "members", text(members.size()),
            "failed", text(members.stream().filter(member -> member.status() == 4).count())));
    return stats;
  }

  private static String text(long number) {
    return Long.toString(number);
  }

  private static Map<String, Object> xds(Server server) {
    Map<String, Object> xds = new LinkedHashMap<>();
    xds.put("SupportedProxies", Map.of("envoy", List.of()));
    xds.put("Port", server.getGrpcTlsPort());
    xds.put(
        "Ports",
        Map.of("Plaintext", orOff(server.getGrpcPort()), "TLS", orOff(server.getGrpcTlsPort())));
    return xds;
  }
}
