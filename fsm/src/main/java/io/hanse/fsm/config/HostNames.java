package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

/** Names of hosts as DNS takes them. */
final class HostNames {
  private static final int LENGTH_MAX = 253;
  private static final int LABEL_LENGTH_MAX = 63;
  private static final String ANY_SUBDOMAIN = "*.";

  private HostNames() {}

  /** Whether it consists of labels of a legal length; what is in them is not looked at. */
  static boolean isDomainName(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (name.isEmpty() || name.length() > LENGTH_MAX) {
      return host.equals(".");
    }
    for (String label : name.split("\\.", -1)) {
      if (label.isEmpty() || label.length() > LABEL_LENGTH_MAX) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is an asterisk anywhere but as the whole first label. */
  static boolean hasStrayWildcard(String host) {
    String rest = host.startsWith(ANY_SUBDOMAIN) ? host.substring(2) : host;
    return rest.contains("*");
  }

  /** Refuses a host that an ingress gateway can not listen for. */
  static void requireIngress(String host, boolean byTls) {
    if (host.equals("*")) {
      if (byTls) {
        throw invalid(
            "Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to"
                + " add as a DNSSAN");
      }
      return;
    }
    if (!isDomainName(host)) {
      throw invalid("Host \"" + host + "\" must be a valid DNS hostname");
    }
    if (hasStrayWildcard(host)) {
      throw invalid(
          "Host \""
              + host
              + "\" is not valid, a wildcard specifier is only allowed as the leftmost label");
    }
  }
}
