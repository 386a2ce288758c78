package io.hanse.identity;

import java.util.Locale;

/** The name under which one cluster's authority signs: {@code <cluster id>.consul}. */
public record TrustDomain(String name) {
  /** Fixed, and unrelated to the DNS domain. */
  private static final String SUFFIX = ".consul";

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
