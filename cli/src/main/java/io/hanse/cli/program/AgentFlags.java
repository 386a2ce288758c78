package io.hanse.cli.program;

import java.util.List;

/** The table of the agent's flags: which key each sets. A flag wins over the files. */
final class AgentFlags {
  enum Kind {
    TEXT,
    TRUTH,
    NUMBER,
    TEXTS,
    PAIRS
  }

  record Flag(String name, Kind kind, String key, String description) {}

  static final List<Flag> ALL =
      List.of(
          flag("advertise", Kind.TEXT, "advertise_addr", "Where others reach this agent."),
          flag("advertise-wan", Kind.TEXT, "advertise_addr_wan", "Ignored with a warning."),
          flag(
              "allow-write-http-from", Kind.TEXTS, "http_config.allow_write_http_from", "Refused."),
          flag("alt-domain", Kind.TEXT, "alt_domain", "Ignored with a warning."),
          flag(
              "auto-reload-config",
              Kind.TRUTH,
              "auto_reload_config",
              "Notices changed certificates."),
          flag("bind", Kind.TEXT, "bind_addr", "Address that servers listen on for each other."),
          flag("bootstrap", Kind.TRUTH, "bootstrap", "Begins a cluster of one server."),
          flag("bootstrap-expect", Kind.NUMBER, "bootstrap_expect", "Servers that begin together."),
          flag("client", Kind.TEXT, "client_addr", "Address of the HTTP and gRPC listeners."),
          flag("data-dir", Kind.TEXT, "data_dir", "Where the agent keeps its state."),
          flag("datacenter", Kind.TEXT, "datacenter", "Name of the datacenter."),
          flag("default-query-time", Kind.TEXT, "default_query_time", "Of blocking queries."),
          flag(
              "disable-host-node-id", Kind.TRUTH, "disable_host_node_id", "Ids are random anyway."),
          flag("disable-keyring-file", Kind.TRUTH, "disable_keyring_file", "No keyring here."),
          flag("dns-port", Kind.NUMBER, "ports.dns", "Ignored with a warning."),
          flag("domain", Kind.TEXT, "domain", "Domain of DNS and of server certificates."),
          flag("enable-local-script-checks", Kind.TRUTH, "enable_local_script_checks", "Ignored."),
          flag("enable-script-checks", Kind.TRUTH, "enable_script_checks", "Ignored."),
          flag("encrypt", Kind.TEXT, "encrypt", "Key that servers share; see keygen."),
          flag("grpc-port", Kind.NUMBER, "ports.grpc", "Ignored with a warning."),
          flag("grpc-tls-port", Kind.NUMBER, "ports.grpc_tls", "Peers and proxies; 8503."),
          flag("http-port", Kind.NUMBER, "ports.http", "The HTTP API; 8500."),
          flag("https-port", Kind.NUMBER, "ports.https", "The HTTP API with TLS; off."),
          flag("join", Kind.TEXTS, "start_join", "Same as -retry-join."),
          flag("join-wan", Kind.TEXTS, "start_join_wan", "Ignored with a warning."),
          flag("log-file", Kind.TEXT, "log_file", "Ignored with a warning."),
          flag("log-json", Kind.TRUTH, "log_json", "Logs one JSON object per line."),
          flag("log-level", Kind.TEXT, "log_level", "TRACE, DEBUG, INFO, WARN or ERROR."),
          flag("log-rotate-bytes", Kind.TEXT, "log_rotate_bytes", "Ignored with a warning."),
          flag("log-rotate-duration", Kind.TEXT, "log_rotate_duration", "Ignored with a warning."),
          flag("log-rotate-max-files", Kind.TEXT, "log_rotate_max_files", "Ignored."),
          flag("max-query-time", Kind.TEXT, "max_query_time", "Of blocking queries."),
          flag("node", Kind.TEXT, "node_name", "Name of this node; that of the host by default."),
          flag("node-id", Kind.TEXT, "node_id", "A UUID; made and kept without it."),
          flag("node-meta", Kind.PAIRS, "node_meta", "Metadata, key:value; may be repeated."),
          flag("pid-file", Kind.TEXT, "pid_file", "File to write the process id to."),
          flag("protocol", Kind.TEXT, "protocol", "Ignored with a warning."),
          flag("raft-protocol", Kind.TEXT, "raft_protocol", "Ignored with a warning."),
          flag("recursor", Kind.TEXTS, "recursors", "Ignored with a warning."),
          flag("rejoin", Kind.TRUTH, "rejoin_after_leave", "Ignored with a warning."),
          flag("retry-interval", Kind.TEXT, "retry_interval", "Between attempts to join."),
          flag("retry-join", Kind.TEXTS, "retry_join", "A server to join; may be repeated."),
          flag("retry-join-wan", Kind.TEXTS, "retry_join_wan", "Ignored with a warning."),
          flag("retry-max", Kind.NUMBER, "retry_max", "Attempts to join; 0: without end."),
          flag("serf-lan-bind", Kind.TEXT, "serf_lan", "Ignored with a warning."),
          flag("serf-lan-port", Kind.NUMBER, "ports.serf_lan", "Where servers join; 8301."),
          flag("serf-wan-bind", Kind.TEXT, "serf_wan", "Ignored with a warning."),
          flag("serf-wan-port", Kind.NUMBER, "ports.serf_wan", "Ignored with a warning."),
          flag("server", Kind.TRUTH, "server", "Runs as a server."),
          flag("server-port", Kind.NUMBER, "ports.server", "Replication between servers; 8300."),
          flag("syslog", Kind.TRUTH, "enable_syslog", "Ignored with a warning."),
          flag("ui", Kind.TRUTH, "ui", "Ignored with a warning."),
          flag("ui-content-path", Kind.TEXT, "ui_config.content_path", "Ignored with a warning."));

  private AgentFlags() {}

  private static Flag flag(String name, Kind kind, String key, String description) {
    return new Flag(name, kind, key, description);
  }
}
