package io.hanse.cli.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The table of all configuration keys: what each holds, and what becomes of it. A key that is not
 * here is refused by name. So is one whose feature is not there yet and whose absence would leave
 * the cluster less protected than its owner thinks; the other absent ones are named in a warning.
 */
final class ConfigKeys {
  enum Kind {
    TEXT,
    TRUTH,
    WHOLE,
    DURATION,
    /** From -1, which switches off, to 65535. */
    PORT,
    /** A list of texts, or one. */
    TEXTS,
    /** Names and texts of the user's choice. */
    MAP,
    /** Definitions with a schema of their own; several add up. */
    DEFINITIONS,
    /** Anything at all, of a feature that is not there. */
    ANY
  }

  enum Treatment {
    USED,
    WARNED_OF,
    REFUSED
  }

  record Row(String path, Kind kind, Treatment treatment) {}

  private static final Set<String> DEFINITIONS = Set.of("check", "checks", "service", "services");

  private static final Map<String, Row> ROWS = new TreeMap<>();

  static {
    used(
        Kind.TEXT,
        "addresses.grpc addresses.grpc_tls addresses.http advertise_addr bind_addr client_addr",
        "connect.ca_provider data_dir datacenter default_intention_policy domain log_level node_id",
        "node_name pid_file primary_datacenter");
    used(
        Kind.TRUTH,
        "bootstrap connect.enabled leave_on_terminate log_json peering.enabled performance.warm_up",
        "server skip_leave_on_interrupt translate_wan_addrs");
    used(
        Kind.WHOLE,
        "bootstrap_expect http_config.max_header_bytes limits.http_max_conns_per_client",
        "limits.kv_max_value_size limits.rpc_max_conns_per_client performance.raft_multiplier",
        "raft_snapshot_threshold raft_trailing_logs");
    used(Kind.DURATION, "default_query_time max_query_time performance.rpc_hold_timeout");
    used(
        Kind.PORT,
        "ports.grpc ports.grpc_tls ports.http ports.serf_lan ports.server ports.sidecar_max_port",
        "ports.sidecar_min_port");
    used(
        Kind.TEXTS,
        "http_config.allow_write_http_from http_config.block_endpoints retry_join start_join");
    used(Kind.MAP, "http_config.response_headers node_meta");
    used(Kind.DEFINITIONS, "check checks config_entries.bootstrap service services");

    used(Kind.TEXT, "addresses.https ca_file ca_path cert_file encrypt key_file tls_min_version");
    used(
        Kind.TRUTH,
        "auto_reload_config tls.grpc.use_auto_cert verify_incoming verify_incoming_https",
        "verify_incoming_rpc verify_outgoing verify_server_hostname");
    used(Kind.PORT, "ports.https");
    for (String listener : List.of("defaults", "grpc", "https", "internal_rpc")) {
      String tls = "tls." + listener + ".";
      for (String file : List.of("ca_file", "ca_path", "cert_file", "key_file")) {
        used(Kind.TEXT, tls + file);
      }
      used(Kind.TEXT, tls + "tls_min_version");
      used(
          Kind.TRUTH,
          tls + "verify_incoming",
          tls + "verify_outgoing",
          tls + "verify_server_hostname");
      refused(Kind.TEXT, tls + "tls_cipher_suites");
    }

    refused(Kind.TEXT, "tls_cipher_suites");
    refused(
        Kind.TRUTH,
        "acl.enabled connect.enable_mesh_gateway_wan_federation tls_prefer_server_cipher_suites");
    refused(
        Kind.ANY,
        "audit auto_config auto_encrypt connect.ca_config.private_key connect.ca_config.root_cert",
        "segment segments");

    warned(
        Kind.TEXT,
        "acl.default_policy acl.down_policy acl.enable_key_list_policy acl.policy_ttl acl.role_ttl",
        "acl.token_ttl addresses.dns advertise_addr_ipv4 advertise_addr_ipv6",
        "advertise_addr_wan advertise_addr_wan_ipv4 advertise_addr_wan_ipv6",
        "advertise_reconnect_timeout",
        "alt_domain check_update_interval connect.ca_config.csr_max_concurrent",
        "connect.ca_config.csr_max_per_second connect.ca_config.intermediate_cert_ttl",
        "connect.ca_config.leaf_cert_ttl connect.ca_config.private_key_bits",
        "connect.ca_config.private_key_type connect.ca_config.root_cert_ttl",
        "connect.ca_config.rotation_period connect.test_ca_leaf_root_change_spread",
        "discovery_max_stale license_path log_file log_rotate_bytes",
        "log_rotate_duration log_rotate_max_files partition primary_gateways_interval protocol",
        "raft_protocol raft_snapshot_interval",
        "reconnect_timeout reconnect_timeout_wan retry_interval_wan retry_max_wan serf_lan",
        "serf_lan_allowed_cidrs serf_wan serf_wan_allowed_cidrs session_ttl_min syslog_facility");
    warned(
        Kind.TRUTH,
        "acl.enable_token_persistence acl.enable_token_replication",
        "connect.enable_serverless_plugin disable_anonymous_signature disable_coordinates",
        "disable_host_node_id disable_http_unprintable_char_filter disable_keyring_file",
        "disable_remote_exec disable_update_check enable_acl_replication",
        "enable_additional_node_meta_txt",
        "enable_agent_tls_for_checks enable_central_service_config enable_debug",
        "enable_local_script_checks enable_script_checks enable_syslog encrypt_verify_incoming",
        "encrypt_verify_outgoing http_config.use_cache non_voting_server",
        "peering.test_allow_peer_registrations read_replica rejoin_after_leave",
        "rpc.enable_streaming ui use_streaming_backend");
    warned(
        Kind.WHOLE,
        "limits.http_max_header_bytes limits.rpc_max_burst limits.txn_max_req_len retry_max");
    warned(
        Kind.DURATION, "limits.https_handshake_timeout limits.rpc_client_timeout retry_interval");
    warned(
        Kind.DURATION,
        "limits.rpc_handshake_timeout performance.grpc_keepalive_interval",
        "performance.grpc_keepalive_timeout performance.leave_drain_time");
    warned(Kind.PORT, "ports.dns ports.expose_max_port ports.expose_min_port ports.serf_wan");
    warned(Kind.TEXTS, "primary_gateways recursors retry_join_wan start_join_wan");
    warned(
        Kind.ANY,
        "acl.tokens autopilot cache cloud dns_config experiments gossip_lan gossip_wan",
        "limits.request_limits limits.rpc_rate locality raft_logstore reporting telemetry",
        "ui_config",
        "unix_sockets watches xds");
  }

  private ConfigKeys() {}

  private static void used(Kind kind, String... paths) {
    rows(Treatment.USED, kind, paths);
  }

  private static void refused(Kind kind, String... paths) {
    rows(Treatment.REFUSED, kind, paths);
  }

  private static void warned(Kind kind, String... paths) {
    rows(Treatment.WARNED_OF, kind, paths);
  }

  private static void rows(Treatment treatment, Kind kind, String... lines) {
    for (String line : lines) {
      for (String path : line.split(" ", -1)) {
        if (ROWS.put(path, new Row(path, kind, treatment)) != null) {
          throw new IllegalStateException("two rows for " + path);
        }
      }
    }
  }

  static Optional<Row> row(String path) {
    return Optional.ofNullable(ROWS.get(path));
  }

  /** Whether services or checks are defined there. */
  static boolean isDefinition(String path) {
    return DEFINITIONS.contains(path);
  }

  /** Whether keys with this one in front exist: {@code ports}. */
  static boolean isSection(String path) {
    return ROWS.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
  }

  static List<Row> rows() {
    return new ArrayList<>(ROWS.values());
  }
}
