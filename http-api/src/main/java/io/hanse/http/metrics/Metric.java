package io.hanse.http.metrics;

/**
 * All that a server tells of itself in figures, in the order of their names, each with the sentence
 * that explains it to whoever sets an alarm. Names of Consul mean what they mean there.
 */
public enum Metric {
  ROOT_EXPIRY("consul.mesh.active_root_ca.expiry", "Seconds until the active root expires."),
  EXPORTED_SERVICES(
      "consul.peering.exported_services",
      "Number of services that are exported to the peer, told by the leader."),
  PEERING_HEALTHY(
      "consul.peering.healthy", "1 while the peering is active, else 0, told by the leader."),
  APPLIED_INDEX(
      "consul.raft.applied_index",
      "Index of the newest entry of the Raft log that this server has applied."),
  ALLOCATED_BYTES("consul.runtime.alloc_bytes", "Bytes of the Java heap that are in use."),
  HEAP_BYTES("consul.runtime.sys_bytes", "Bytes that the Java heap takes of the machine."),
  LEADS("consul.server.isLeader", "1 while this server leads, else 0."),
  CONFIG_ENTRIES("consul.state.config_entries", "Number of config entries."),
  KV_ENTRIES("consul.state.kv_entries", "Number of keys in the key-value store."),
  NODES("consul.state.nodes", "Number of nodes in the catalog, with those of peers."),
  PEERINGS("consul.state.peerings", "Number of peerings, with those that are being deleted."),
  SERVICE_INSTANCES(
      "consul.state.service_instances",
      "Number of service instances in the catalog, with those of peers."),
  CONTENTS_BYTES(
      "hanse.peering.contents_bytes",
      "Bytes of exported services that are kept at hand for all peers, of at most 8 MiB."),
  EXPORT_PROBLEMS(
      "hanse.peering.export_problems",
      "Number of resources that the peer should have of here and has not, told by the leader."),
  IMPORT_PROBLEMS(
      "hanse.peering.import_problems",
      "Number of resources of the peer that should be here and are not, told by the leader."),
  IMPORTED_SERVICES(
      "hanse.peering.imported_services",
      "Number of services that are imported of the peer, with those withdrawn, told by the leader."),
  OLDEST_IMPORT_SECONDS(
      "hanse.peering.oldest_import_seconds",
      "Seconds since the import was confirmed that was not confirmed for longest."),
  PENDING_IMPORTS(
      "hanse.peering.pending_imports",
      "Number of resources that were received of the peer and are not stored yet."),
  SILENCE_SECONDS("hanse.peering.silence_seconds", "Seconds since the peer was heard last."),
  UNACKNOWLEDGED(
      "hanse.peering.unacknowledged",
      "Number of resources that were sent to the peer and not answered yet."),
  UNCONFIRMED_IMPORTS(
      "hanse.peering.unconfirmed_imports",
      "Number of imported services that were not confirmed since this server leads."),
  WITHDRAWN(
      "hanse.peering.withdrawn",
      "1 while the services of the peer are withdrawn for its silence, else 0."),
  WITHDRAWN_SERVICES(
      "hanse.peering.withdrawn_services",
      "Number of imported services that are withdrawn, so that nobody finds them."),
  THREADS("hanse.runtime.threads", "Number of threads of this server."),
  UPTIME_SECONDS("hanse.runtime.uptime_seconds", "Seconds since this server was started."),
  STATE_BYTES("hanse.state.bytes", "Bytes of the keys and values that count towards the quota."),
  CHECKS("hanse.state.checks", "Number of checks in the catalog, with those of peers."),
  STATE_ROWS("hanse.state.rows", "Number of rows that count towards the quota."),
  SESSIONS("hanse.state.sessions", "Number of sessions."),
  WATCHES_PEER_SERVICES(
      "hanse.watches.peer_services",
      "Number of watches on services that are exported to peers, of at most 150000."),
  WATCHES_PEER_STREAMS(
      "hanse.watches.peer_streams",
      "Number of watches that streams of peers hold beside, of at most 10000."),
  WATCHES_PROXIES(
      "hanse.watches.proxies", "Number of watches for gateways and sidecars, of at most 50000.");

  private final String dotted;
  private final String help;

  Metric(String dotted, String help) {
    this.dotted = dotted;
    this.help = help;
  }

  /** As Consul writes names. */
  public String dotted() {
    return dotted;
  }

  /** As Prometheus writes names. */
  public String plain() {
    return dotted.replaceAll("[^A-Za-z0-9_]", "_");
  }

  /** What it counts, and in which unit. */
  public String help() {
    return help;
  }
}
