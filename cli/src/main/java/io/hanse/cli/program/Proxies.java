package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.gateway.GatewayServer;
import io.hanse.gateway.SidecarProxy;
import java.io.IOException;
import java.util.Optional;

/** Starts a gateway or a sidecar and keeps it until the process is told to stop. */
final class Proxies {
  private Proxies() {}

  /**
   * Runs a gateway.
   *
   * @param registration of one that registered itself
   */
  static int gateway(
      Session session,
      ProxyFlags flags,
      String proxyId,
      Optional<GatewayRegistration> registration) {
    GatewayServer gateway;
    try {
      gateway =
          GatewayServer.start(
              flags.settings(session, proxyId), flags.firstContact(session, proxyId));
    } catch (IOException e) {
      registration.ifPresent(GatewayRegistration::takeBack);
      throw cannotStart(e);
    }
    registration.ifPresent(own -> gateway.ready().thenRun(own::settle));
    return Lifetime.runUntilStopped(
        () -> {
          registration.ifPresent(GatewayRegistration::takeBack);
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
