package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ApiGateway;
import io.hanse.fsm.row.ApiGatewayListener;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.EntryReference;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What an api-gateway entry fills in and may say. */
final class ApiGatewayRules {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final Pattern LISTENER = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final String TCP = "tcp";
  private static final Set<String> PROTOCOLS = Set.of("http", TCP);
  private static final String INLINE = "inline-certificate";
  private static final Set<String> CERTIFICATES = Set.of("file-system-certificate", INLINE);
  private static final int PORT_MAX = 65_535;

  private ApiGatewayRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    ApiGateway.Builder gateway = entry.getApiGateway().toBuilder();
    for (ApiGatewayListener.Builder listener : gateway.getListenersBuilderList()) {
      listener.setProtocol(listener.getProtocol().toLowerCase(Locale.ROOT));
      if (listener.hasTls()) {
        for (EntryReference.Builder one : listener.getTlsBuilder().getCertificatesBuilderList()) {
          if (one.getKind().isEmpty()) {
            one.setKind(INLINE);
          }
        }
      }
    }
    return entry.toBuilder().setApiGateway(gateway).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    ApiGateway gateway = entry.getApiGateway();
    if (gateway.getListenersCount() == 0) {
      throw invalid("api gateway must have at least one listener");
    }
    requireNames(gateway);
    requireMergeable(gateway);
    gateway.getListenersList().forEach(ApiGatewayRules::validate);
  }

  private static void requireNames(ApiGateway gateway) {
    Set<String> names = new LinkedHashSet<>();
    for (ApiGatewayListener listener : gateway.getListenersList()) {
      String name = listener.getName();
      if (!LISTENER.matcher(name).matches()) {
        throw invalid(
            "listener name \""
                + name
                + "\" is invalid, must be at least 1 character and contain only letters, numbers,"
                + " or dashes");
      }
      if (!names.add(name)) {
        throw invalid("found multiple listeners with the name \"" + name + "\"");
      }
    }
  }

  /** Listeners on one port are one. */
  private static void requireMergeable(ApiGateway gateway) {
    Map<Integer, ApiGatewayListener> byPort = new TreeMap<>();
    for (ApiGatewayListener listener : gateway.getListenersList()) {
      ApiGatewayListener other = byPort.put(listener.getPort(), listener);
      if (other != null
          && !(other.getHostname().equals(listener.getHostname())
              && other.getProtocol().equals(listener.getProtocol()))) {
        throw invalid(
            "listeners \""
                + other.getName()
                + "\" and \""
                + listener.getName()
                + "\" cannot be merged");
      }
    }
  }

  private static void validate(ApiGatewayListener listener) {
    if (!PROTOCOLS.contains(listener.getProtocol())) {
      throw invalid(
          "unsupported listener protocol \""
              + listener.getProtocol()
              + "\", must be one of 'tcp', or 'http'");
    }
    if (listener.getProtocol().equals(TCP) && !listener.getHostname().isEmpty()) {
      throw invalid("hostname specification is not supported when using TCP");
    }
    if (listener.getPort() <= 0 || listener.getPort() > PORT_MAX) {
      throw invalid("listener port " + listener.getPort() + " not in the range 1-65535");
    }
    if (HostNames.hasStrayWildcard(listener.getHostname())) {
      throw invalid(
          "host \""
              + listener.getHostname()
              + "\" is not valid, a wildcard specifier is only allowed as the left-most label");
    }
    for (EntryReference certificate : listener.getTls().getCertificatesList()) {
      if (!CERTIFICATES.contains(certificate.getKind())) {
        throw invalid(
            "unsupported certificate kind: \""
                + certificate.getKind()
                + "\", must be 'file-system-certificate' or 'inline-certificate'");
      }
      if (certificate.getName().isEmpty()) {
        throw invalid("certificate reference must have a name");
      }
    }
    TlsRules.require(
        listener.getTls().getMinVersion(),
        listener.getTls().getMaxVersion(),
        listener.getTls().getCipherSuitesList());
  }
}
