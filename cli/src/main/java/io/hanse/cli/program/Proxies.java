package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.gateway.GatewayServer;
import io.hanse.gateway.SidecarProxy;
import java.io.IOException;

/** Starts a gateway or a sidecar and keeps it until the process is told to stop. */
final class Proxies {
  private Proxies() {}

  /**
   * Runs a gateway.
   *
   * @param departure what comes before its end, also where it could not start
   */
  static int gateway(Session session, ProxyFlags flags, String proxyId, Runnable departure) {
    GatewayServer gateway;
    try {
      gateway =
          GatewayServer.start(
              flags.settings(session, proxyId), flags.firstContact(session, proxyId));
    } catch (IOException e) {
      departure.run();
      throw cannotStart(e);
    }
    return Lifetime.runUntilStopped(
        () -> {
          departure.run();
          gateway.stop();
        });
  }

  static int sidecar(Session session, ProxyFlags flags, String proxyId) {
    SidecarProxy sidecar;
    try {
      sidecar =
          SidecarProxy.start(
              flags.settings(session, proxyId), flags.firstContact(session, proxyId));
    } catch (IOException e) {
      throw cannotStart(e);
    }
    return Lifetime.runUntilStopped(sidecar::stop);
  }

  private static CommandFailure cannotStart(IOException e) {
    return new CommandFailure("==> " + Messages.of(e));
  }
}
