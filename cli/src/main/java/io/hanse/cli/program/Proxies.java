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
   * @param registration of one that registers itself
   */
  static int gateway(
      Session session,
      ProxyFlags flags,
      String proxyId,
      Optional<GatewayRegistration> registration) {
    return run(
        registration.map(own -> own),
        () -> registration.ifPresent(own -> tellRegistered(session, own)),
        () ->
            GatewayServer.start(
                flags.settings(session, proxyId), flags.firstContact(session, proxyId)));
  }

  private static void tellRegistered(Session session, GatewayRegistration own) {
    session.print("Registered service: " + own.service());
    session.out().flush();
  }

  /**
   * Runs a sidecar.
   *
   * @param proxyId may have to ask an agent, and is not waited for by who has it stop
   */
  static int sidecar(Session session, ProxyFlags flags, Supplier<String> proxyId) {
    SidecarPresence presence = new SidecarPresence(flags.http().client(session), proxyId);
    return run(
        Optional.of(presence),
        () -> {},
        () ->
            SidecarProxy.start(
                flags.settings(session, presence.sidecar()),
                flags.firstContact(session, presence.sidecar())));
  }

  private static int run(Optional<Presence> presence, Runnable begun, ProxyRun.Start start) {
    ProxyRun run = new ProxyRun(presence);
    Thread hook = Lifetime.begin(run::stop, () -> 0);
    boolean isStopped = false;
    try {
      run.start(begun, start);
      run.await();
      isStopped = true;
      return 0;
    } catch (IOException e) {
      throw cannotStart(e);
    } finally {
      if (!isStopped) {
        run.abandon();
        Lifetime.giveUp(hook);
      }
    }
  }

  private static CommandFailure cannotStart(IOException e) {
    return new CommandFailure("==> " + Messages.of(e));
  }
}
