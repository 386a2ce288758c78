package io.hanse.cli.config;

import io.hanse.fsm.error.ProblemException;
import io.hanse.identity.SharedKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the {@code tls} blocks and the older keys that stand for them. A listener's own block goes
 * before {@code tls.defaults}, and that before the older keys. Reads the key that servers share,
 * too.
 */
final class ConfigTls {
  private static final String SERVERS = "internal_rpc";
  private static final String HTTPS = "https";
  private static final String GRPC = "grpc";

  /** What this Java speaks anyway: asking for less than TLS 1.2 gets no less. */
  private static final List<String> MIN_VERSIONS =
      List.of("", "TLSv1_0", "TLSv1_1", "TLSv1_2", "tls10", "tls11", "tls12");

  private final ConfigValues values;
  private final Path directory;
  private final String serverName;

  ConfigTls(ConfigValues values, Path directory, String datacenter, String domain) {
    this.values = values;
    this.directory = directory;
    this.serverName = "server." + datacenter + "." + domain;
  }

  AgentConfig.Tls read() {
    for (String section : List.of(SERVERS, HTTPS, GRPC)) {
      String version = text(section, "tls_min_version");
      if (!MIN_VERSIONS.contains(version)) {
        values.error(
            "tls."
                + section
                + ".tls_min_version: \""
                + version
                + "\" is not supported; TLS 1.3 is"
                + " spoken with everyone who can, TLS 1.2 is the least");
      }
    }
    for (String section : List.of(HTTPS, GRPC)) {
      if (!values.at("tls." + section + ".verify_server_hostname").isNothing()) {
        values.error(
            "verify_server_hostname is only valid in the tls.defaults and tls.internal_rpc"
                + " stanzas");
      }
    }
    refuseClientCertificatesOfProxies();
    return new AgentConfig.Tls(
        servers(), sharedKey(), serverName, https(), values.truth("auto_reload_config", false));
  }

  private Optional<SharedKey> sharedKey() {
    String key = values.text("encrypt", "");
    if (key.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SharedKey.parse(key));
    } catch (ProblemException e) {
      values.error(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Proxies have no certificate before they ask here for one. */
  private void refuseClientCertificatesOfProxies() {
    boolean isAsked = truth(List.of("tls.grpc.verify_incoming", "tls.defaults.verify_incoming"));
    if (isAsked && values.port("ports.grpc_tls", 1) > 0) {
      values.error(
          "tls.grpc.verify_incoming is not supported: sidecars and peers of other clusters show no"
              + " certificate of yours; set tls { grpc { verify_incoming = false } }, or"
              + " ports.grpc_tls = -1");
    }
  }

  /** Servers show each other certificates of the operator's: all of it is there, or nothing. */
  private Optional<AgentConfig.Listener> servers() {
    boolean verifyIncoming =
        truth(
            List.of(
                "tls.internal_rpc.verify_incoming",
                "verify_incoming_rpc",
                "tls.defaults.verify_incoming",
                "verify_incoming"));
    boolean verifyHostname =
        truth(
            List.of(
                "tls.internal_rpc.verify_server_hostname",
                "verify_server_hostname",
                "tls.defaults.verify_server_hostname"));
    boolean verifyOutgoing =
        verifyHostname
            || truth(
                List.of(
                    "tls.internal_rpc.verify_outgoing",
                    "tls.defaults.verify_outgoing",
                    "verify_outgoing"));
    boolean isComplete =
        authority(SERVERS).isPresent()
            && file(SERVERS, "cert_file").isPresent()
            && file(SERVERS, "key_file").isPresent();
    boolean isWanted =
        verifyIncoming
            || verifyOutgoing
            || Stream.of("ca_file", "ca_path", "cert_file", "key_file")
                .anyMatch(key -> !values.at("tls.internal_rpc." + key).isNothing());
    if (isComplete) {
      return Optional.of(
          new AgentConfig.Listener(
              authority(SERVERS),
              file(SERVERS, "cert_file").orElseThrow(),
              file(SERVERS, "key_file").orElseThrow(),
              true,
              verifyHostname ? Optional.of(serverName) : Optional.empty()));
    }
    if (isWanted) {
      values.error(missing(verifyIncoming, verifyOutgoing));
    }
    return Optional.empty();
  }

  private String missing(boolean verifyIncoming, boolean verifyOutgoing) {
    if (authority(SERVERS).isEmpty() && (verifyIncoming || verifyOutgoing)) {
      return (verifyIncoming ? "VerifyIncoming" : "VerifyOutgoing")
          + " set but no CA certificates were provided";
    }
    return "tls.internal_rpc: servers show each other certificates: ca_file (or ca_path), cert_file"
        + " and key_file are needed together";
  }

  private Optional<AgentConfig.Listener> https() {
    if (values.port("ports.https", -1) <= 0) {
      return Optional.empty();
    }
    boolean verify =
        truth(
            List.of(
                "tls.https.verify_incoming",
                "verify_incoming_https",
                "tls.defaults.verify_incoming",
                "verify_incoming"));
    Optional<Path> certificate = file(HTTPS, "cert_file");
    Optional<Path> key = file(HTTPS, "key_file");
    if (certificate.isEmpty() || key.isEmpty()) {
      values.error("ports.https: tls.https.cert_file and tls.https.key_file are needed");
      return Optional.empty();
    }
    if (verify && authority(HTTPS).isEmpty()) {
      values.error("VerifyIncoming set but no CA certificates were provided");
    }
    return Optional.of(
        new AgentConfig.Listener(
            authority(HTTPS), certificate.get(), key.get(), verify, Optional.empty()));
  }

  private Optional<Path> authority(String section) {
    return file(section, "ca_file").or(() -> file(section, "ca_path"));
  }

  private Optional<Path> file(String section, String key) {
    return Optional.of(text(section, key)).filter(name -> !name.isEmpty()).map(directory::resolve);
  }

  private String text(String section, String key) {
    return Stream.of("tls." + section + "." + key, "tls.defaults." + key, key)
        .map(path -> values.text(path, ""))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** The first of these keys that is given. */
  private boolean truth(List<String> paths) {
    return paths.stream()
        .filter(path -> !values.at(path).isNothing())
        .findFirst()
        .map(path -> values.truth(path, false))
        .orElse(false);
  }
}
