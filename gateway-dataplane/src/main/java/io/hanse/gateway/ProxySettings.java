package io.hanse.gateway;

import io.hanse.gateway.relay.GatewayLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What is said to a gateway or a sidecar when it is started; all else it learns from the servers.
 *
 * @param proxyId the service id that it is registered by
 * @param token shown to the servers; empty for none
 * @param adminBind where to answer operators; no answers without it
 * @param threads event loops
 * @param drain how long connections may go on after it was asked to stop
 */
public record ProxySettings(
    String proxyId,
    String token,
    Optional<InetSocketAddress> adminBind,
    int threads,
    Duration drain,
    GatewayLimits limits) {
  private static final Duration DRAIN = Duration.ofSeconds(30);

  public static ProxySettings of(String proxyId) {
    return new ProxySettings(
        proxyId,
        "",
        Optional.empty(),
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        DRAIN,
        GatewayLimits.defaults());
  }

  public ProxySettings withToken(String changed) {
    return new ProxySettings(proxyId, changed, adminBind, threads, drain, limits);
  }

  public ProxySettings withAdminBind(InetSocketAddress changed) {
    return new ProxySettings(proxyId, token, Optional.of(changed), threads, drain, limits);
  }

  public ProxySettings withDrain(Duration changed) {
    return new ProxySettings(proxyId, token, adminBind, threads, changed, limits);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "ProxySettings[proxyId=" + proxyId + ", adminBind=" + adminBind + "]";
  }
}
