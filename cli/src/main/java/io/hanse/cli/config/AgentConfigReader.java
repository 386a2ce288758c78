package io.hanse.cli.config;

import io.hanse.cli.config.ConfigKeys.Treatment;
import io.hanse.cli.value.Value;
import io.hanse.http.server.Network;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Files, then flags, then fragments, merged and checked, become one {@link AgentConfig}. */
public final class AgentConfigReader {
  /** What the command line names. Paths are as the user wrote them. */
  public record Sources(
      boolean dev,
      List<String> files,
      String format,
      List<ConfigSource> flags,
      List<String> fragments,
      Path directory) {}

  private static final Pattern PLAIN_NAME = Pattern.compile("[a-zA-Z0-9-]+");
  private static final Pattern DATACENTER = Pattern.compile("[a-z0-9_-]+");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int MULTIPLIER_MAX = 10;

  private final ConfigValues values;
  private final Sources sources;
  private final List<String> warnings = new ArrayList<>();

  private AgentConfigReader(Sources sources, List<String> warnings, Value.Fields tree) {
    this.sources = sources;
    this.warnings.addAll(warnings);
    this.values = new ConfigValues(tree);
  }

  public static AgentConfig read(Sources sources) {
    List<String> warnings = new ArrayList<>();
    List<Value.Fields> trees = new ArrayList<>();
    for (String name : sources.files()) {
      trees.addAll(ConfigFiles.readAll(sources.directory(), name, sources.format(), warnings::add));
    }
    sources.flags().forEach(flag -> trees.add(flag.tree()));
    for (int i = 0; i < sources.fragments().size(); i++) {
      trees.add(ConfigFiles.parse("flags-" + i + ".hcl", sources.fragments().get(i), "hcl"));
    }
    return new AgentConfigReader(sources, warnings, ConfigTree.merged(trees)).config();
  }

  private AgentConfig config() {
    boolean dev = sources.dev();
    boolean server = values.truth("server", false) || dev;
    String dataDirectory = values.text("data_dir", "");
    if (dataDirectory.isEmpty() && !dev) {
      values.requireNoErrors();
      throw new ConfigException("data_dir cannot be empty");
    }
    refuseAbsent();
    AgentConfig.Joining joining = joining(server, dev);
    String datacenter = datacenter();
    String domain = values.text("domain", "consul");
    AgentConfig config =
        new AgentConfig(
            dev,
            server,
            datacenter,
            domain,
            node(),
            new ConfigAddresses(values, dev).read(),
            ports(server, dev),
            new ConfigTls(values, sources.directory(), datacenter, domain).read(),
            joining,
            leaving(server),
            timing(dev),
            new AgentConfig.Limits(
                values.whole("limits.http_max_conns_per_client", 200),
                values.whole("limits.rpc_max_conns_per_client", 100),
                values.whole("limits.kv_max_value_size", 512 * 1024)),
            new AgentConfig.Snapshots(
                notNegative("raft_snapshot_threshold"), notNegative("raft_trailing_logs")),
            dev || dataDirectory.isEmpty()
                ? Optional.empty()
                : Optional.of(sources.directory().resolve(dataDirectory)),
            Optional.of(values.text("pid_file", ""))
                .filter(path -> !path.isEmpty())
                .map(sources.directory()::resolve),
            policy(),
            http(),
            values.truth("peering.enabled", true),
            values.at("config_entries.bootstrap").items(),
            Definitions.services(values.tree()),
            Definitions.checks(values.tree()),
            logging(dev),
            warnings);
    values.requireNoErrors();
    if (!server) {
      throw new ConfigException(
          "client agents are not supported yet; set server = true or give -server");
    }
    return config;
  }

  /** A server is to come back, unless it is told otherwise. */
  private AgentConfig.Leaving leaving(boolean server) {
    return new AgentConfig.Leaving(
        !values.truth("skip_leave_on_interrupt", server),
        values.truth("leave_on_terminate", !server));
  }

  /** Better no start than one with less protection than the configuration asks for. */
  private void refuseAbsent() {
    List<String> refused = values.inUse(Treatment.REFUSED);
    if (!refused.isEmpty()) {
      throw new ConfigException(
          "not supported yet, and not safe to ignore: "
              + String.join(", ", refused)
              + "; remove these keys to start without what they ask for");
    }
    if (!values.truth("connect.enabled", true)) {
      throw new ConfigException("connect.enabled = false is not supported; it is always on");
    }
    String provider = values.text("connect.ca_provider", "consul");
    if (!provider.equals("consul")) {
      throw new ConfigException(
          "connect.ca_provider \""
              + provider
              + "\" is not supported; the built-in one is \"consul\"");
    }
    List<String> ignored = values.inUse(Treatment.WARNED_OF);
    if (!ignored.isEmpty()) {
      warnings.add("not supported yet, ignored: " + String.join(", ", ignored));
    }
  }

  private String datacenter() {
    String datacenter = values.text("datacenter", "dc1").toLowerCase(Locale.ROOT);
    if (!DATACENTER.matcher(datacenter).matches()) {
      values.error(
          "datacenter can only contain lowercase alphanumeric, - or _ characters: \""
              + datacenter
              + "\"");
    }
    String primary = values.text("primary_datacenter", datacenter);
    if (!primary.equalsIgnoreCase(datacenter)) {
      values.error(
          "primary_datacenter \""
              + primary
              + "\": federation is not supported; join clusters by peering");
    }
    return datacenter;
  }

  private AgentConfig.Node node() {
    String name = values.text("node_name", "");
    if (name.isEmpty()) {
      name = ConfigAddresses.hostName();
    }
    if (!PLAIN_NAME.matcher(name).matches()) {
      warnings.add(
          "Node name \""
              + name
              + "\" will not be discoverable via DNS due to invalid characters. Valid characters"
              + " include all alpha-numerics and dashes.");
    }
    Optional<String> id = Optional.of(values.text("node_id", "")).filter(text -> !text.isEmpty());
    if (id.isPresent() && !UUID.matcher(id.get()).matches()) {
      values.error("node_id: \"" + id.get() + "\" is not a UUID");
    }
    return new AgentConfig.Node(name, id, values.map("node_meta"));
  }

  private AgentConfig.Joining joining(boolean server, boolean dev) {
    int expect = values.whole("bootstrap_expect", 0);
    boolean bootstrap = values.truth("bootstrap", false);
    if (expect > 0 && bootstrap) {
      throw new ConfigException(
          "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive");
    }
    if (expect < 0) {
      throw new ConfigException(
          "bootstrap_expect cannot be " + expect + ". Must be greater than or equal to zero");
    }
    if ((expect > 0 || bootstrap) && !server) {
      throw new ConfigException(
          expect > 0
              ? "'bootstrap_expect > 0' requires 'server = true'"
              : "'bootstrap = true' requires 'server = true'");
    }
    if (expect > 1 && dev) {
      throw new ConfigException("'bootstrap_expect > 1' is not possible with -dev");
    }
    if (expect == 2) {
      warnings.add(
          "bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance.");
    } else if (expect > 2 && expect % 2 == 0) {
      warnings.add(
          "bootstrap_expect is even number: A cluster with an even number of servers does not"
              + " achieve optimum fault tolerance.");
    }
    List<String> join = new ArrayList<>(values.texts("retry_join"));
    join.addAll(values.texts("start_join"));
    for (String address : join) {
      if (address.contains("=")) {
        values.error(
            "retry_join: cloud discovery is not supported: \""
                + address.replaceFirst("=.*", "=…")
                + "\"");
      }
    }
    return new AgentConfig.Joining(bootstrap || (dev && expect == 0) ? 1 : expect, join);
  }

  private AgentConfig.Ports ports(boolean server, boolean dev) {
    int sidecarMin = values.port("ports.sidecar_min_port", 21_000);
    int sidecarMax = values.port("ports.sidecar_max_port", 21_255);
    if (sidecarMax < sidecarMin) {
      values.error(
          "sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.");
    }
    if (values.port("ports.grpc", -1) > 0) {
      warnings.add(
          "ports.grpc is ignored, nothing will listen there: gRPC is served over TLS, on"
              + " ports.grpc_tls");
    }
    return new AgentConfig.Ports(
        values.port("ports.http", 8500),
        values.port("ports.grpc", dev ? 8502 : -1),
        values.port("ports.grpc_tls", server ? 8503 : -1),
        values.port("ports.server", 8300),
        values.port("ports.serf_lan", 8301),
        values.port("ports.https", -1),
        sidecarMin,
        sidecarMax);
  }

  private AgentConfig.Http http() {
    List<Network> writers = new ArrayList<>();
    for (String network : values.texts("http_config.allow_write_http_from")) {
      try {
        writers.add(Network.parse(network));
      } catch (IllegalArgumentException e) {
        values.error("http_config.allow_write_http_from: invalid CIDR address: " + network);
      }
    }
    int headerBytesMax = values.whole("http_config.max_header_bytes", 0);
    if (headerBytesMax < 0) {
      values.error("http_config.max_header_bytes cannot be " + headerBytesMax);
    }
    return new AgentConfig.Http(
        values.map("http_config.response_headers"),
        values.texts("http_config.block_endpoints"),
        writers,
        headerBytesMax,
        values.truth("translate_wan_addrs", false));
  }

  private AgentConfig.Timing timing(boolean dev) {
    int multiplier = values.whole("performance.raft_multiplier", 1);
    if (multiplier < 1 || multiplier > MULTIPLIER_MAX) {
      values.error(
          "performance.raft_multiplier cannot be " + multiplier + ". Must be between 1 and 10");
    }
    return new AgentConfig.Timing(
        multiplier,
        values.duration("performance.rpc_hold_timeout", Duration.ofSeconds(7)),
        values.duration("default_query_time", Duration.ofSeconds(300)),
        values.duration("max_query_time", Duration.ofSeconds(600)),
        values.truth("performance.warm_up", !dev));
  }

  private int notNegative(String key) {
    int number = values.whole(key, 0);
    if (number < 0) {
      values.error(key + " cannot be " + number + ". Must be greater than or equal to zero");
    }
    return number;
  }

  private Optional<String> policy() {
    String policy = values.text("default_intention_policy", "");
    if (!policy.isEmpty() && !policy.equals("allow") && !policy.equals("deny")) {
      values.error(
          "default_intention_policy: \"" + policy + "\" is neither \"allow\" nor \"deny\"");
    }
    return Optional.of(policy).filter(text -> !text.isEmpty());
  }

  private AgentConfig.Logging logging(boolean dev) {
    String level = values.text("log_level", dev ? "DEBUG" : "INFO").toUpperCase(Locale.ROOT);
    if (!List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "ERR").contains(level)) {
      values.error("log_level: invalid log level: \"" + level + "\"");
    }
    return new AgentConfig.Logging(
        level.equals("ERR") ? "ERROR" : level, values.truth("log_json", false));
  }
}
