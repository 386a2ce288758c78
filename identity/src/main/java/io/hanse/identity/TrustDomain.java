package io.hanse.identity;

import java.util.Locale;
import java.util.regex.Pattern;

/** The name under which one cluster's authority signs: {@code <cluster id>.consul}. */
public record TrustDomain(String name) {
  /** Fixed, and unrelated to the DNS domain. */
  private static final String SUFFIX = ".consul";

  /** Where a service of that name is in a datacenter of that name, it goes on otherwise. */
  private static final Pattern SERVER_NAME =
      Pattern.compile("server\\.[^.]+\\.peering\\.(?!internal\\.).+");

  public TrustDomain {
    name = name.toLowerCase(Locale.ROOT);
  }

  public static TrustDomain ofCluster(String clusterId) {
    return new TrustDomain(clusterId + SUFFIX);
  }

  /** The name that all servers of a datacenter share towards other clusters and proxies. */
  public String serverName(String datacenter) {
    return "server." + datacenter + ".peering." + name;
  }

  /** Whether a name has the form of {@link #serverName}; no name of a mesh service has it. */
  public static boolean isServerName(String name) {
    return SERVER_NAME.matcher(name).matches();
  }

  /** Without the suffix. */
  public String clusterId() {
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  public boolean matches(String other) {
    return name.equalsIgnoreCase(other);
  }

  @Override
  public String toString() {
    return name;
  }
}
