package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.Session;
import io.hanse.gateway.ProxySettings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags that gateways and sidecars share. */
final class ProxyFlags {
  @Mixin private final HttpFlags http = new HttpFlags();

  @Option(
      names = "-admin-bind",
      defaultValue = "",
      paramLabel = "<host:port>",
      description = "Where to answer /status, /metrics and /access-log; nowhere by default.")
  private String adminBind = "";

  @Option(
      names = "-grpc-addr",
      defaultValue = "",
      paramLabel = "<host:port>",
      description = "A server's gRPC over TLS, in place of those that the catalog names.")
  private String grpcAddress = "";

  @Option(
      names = "-log-level",
      defaultValue = "INFO",
      paramLabel = "<level>",
      description = "TRACE, DEBUG, INFO, WARN or ERROR.")
  private String logLevel = "INFO";

  HttpFlags http() {
    return http;
  }

  void configureLogs() {
    Logs.level(logLevel.toUpperCase(Locale.ROOT));
  }

  /** For those who tell others of the proxy before it starts. */
  void requireFreeAdmin() {
    if (!adminBind.isEmpty()) {
      ListenTrial.run("-admin-bind", socketAddress("-admin-bind", adminBind));
    }
  }

  ProxySettings settings(Session session, String proxyId) {
    ProxySettings settings = ProxySettings.of(proxyId).withDrain(Lifetime.DRAIN);
    if (!adminBind.isEmpty()) {
      settings = settings.withAdminBind(socketAddress("-admin-bind", adminBind));
    }
    return settings.withToken(http.token(session).orElse(""));
  }

  HttpFirstContact firstContact(Session session, String proxyId) {
    return new HttpFirstContact(
        http.client(session), proxyId, grpcAddress.isEmpty() ? List.of() : List.of(grpcAddress));
  }

  static InetSocketAddress socketAddress(String flag, String text) {
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
      return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(flag + ": \"" + text + "\" is not host:port");
    }
  }
}
