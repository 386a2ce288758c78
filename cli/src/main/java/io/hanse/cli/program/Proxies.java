package io.hanse.cli.program;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.gateway.GatewayServer;
import io.hanse.gateway.SidecarProxy;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts a gateway or a sidecar and keeps it until the process is told to stop. */
final class Proxies {
  private Proxies() {}

  /**
   * Runs a gateway.
   *
   * @param registering what one does first that registers itself
   */
  static int gateway(
      Session session,
      ProxyFlags flags,
      String proxyId,
      Optional<Supplier<GatewayRegistration>> registering) {
    GatewayRun run = new GatewayRun();
    Thread begun = Lifetime.begin(run::stop, () -> 0);
    boolean isStopped = false;
    try {
      run.start(
          registering,
          () ->
              GatewayServer.start(
                  flags.settings(session, proxyId), flags.firstContact(session, proxyId)));
      run.await();
      isStopped = true;
      return 0;
    } catch (IOException e) {
      throw cannotStart(e);
    } finally {
      if (!isStopped) {
        run.abandon();
        Lifetime.giveUp(begun);
      }
    }
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
