package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.AccessLogsConfig;
import io.hanse.fsm.row.ConfigEntry;
import java.util.Set;

/** What the proxy-defaults entry may say. Modes of gateways are not looked at, as in Consul. */
final class ProxyDefaultsRules {
  private static final Set<String> LOG_TYPES = Set.of("", "stderr", "stdout", "file");
  private static final Set<String> MUTUAL_TLS_MODES = Set.of("", "strict", "permissive");

  private ProxyDefaultsRules() {}

  static void validate(ConfigEntry entry) {
    if (!entry.getName().equals("global")) {
      throw invalid("invalid name (\"" + entry.getName() + "\"), only \"global\" is supported");
    }
    MetaRules.requireLax(entry.getMetaMap());
    requireMutualTlsMode(entry.getProxyDefaults().getMutualTlsMode());
    AccessLogsConfig logs = entry.getProxyDefaults().getAccessLogs();
    if (!LOG_TYPES.contains(logs.getType())) {
      throw invalid("invalid access log type: " + logs.getType());
    }
    if (logs.getType().equals("file") && logs.getPath().isEmpty()) {
      throw invalid("path must be specified when using file type access logs");
    }
    if (!logs.getType().equals("file") && !logs.getPath().isEmpty()) {
      throw invalid("path is only valid for file type access logs");
    }
    if (!logs.getJsonFormat().isEmpty() && !logs.getTextFormat().isEmpty()) {
      throw invalid("cannot specify both access log JSONFormat and TextFormat");
    }
  }

  static void requireMutualTlsMode(String mode) {
    if (!MUTUAL_TLS_MODES.contains(mode)) {
      throw invalid(
          "Invalid MutualTLSMode \""
              + mode
              + "\". Must be one of \"\", \"strict\", or \"permissive\".");
    }
  }
}
