package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.identity.FiledTls;
import io.hanse.identity.TlsContexts;
import io.hanse.identity.TlsFiles;
import io.hanse.raft.ServerTls;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** The operator's certificates of one agent, read at its start and again when it is told to. */
final class CertificateFiles {
  private static final long LOOK_SECONDS = 2;

  private final AgentConfig.Tls config;
  private final Optional<FiledTls> servers;
  private final Optional<FiledTls> https;
  private volatile Runnable whenServersTrustOthers = () -> {};

  private CertificateFiles(
      AgentConfig.Tls config, Optional<FiledTls> servers, Optional<FiledTls> https) {
    this.config = config;
    this.servers = servers;
    this.https = https;
  }

  /** Reads the files; fails with a problem that names the file. */
  static CertificateFiles open(AgentConfig.Tls config) {
    return new CertificateFiles(
        config,
        config.servers().map(CertificateFiles::open),
        config.https().map(CertificateFiles::open));
  }

  private static FiledTls open(AgentConfig.Listener listener) {
    return FiledTls.open(
        new TlsFiles(listener.authority(), listener.certificate(), listener.key()));
  }

  /** What servers show and believe among themselves. */
  Optional<ServerTls> betweenServers() {
    return servers.map(
        tls ->
            new ServerTls(
                tls.keys(), tls.trust(config.servers().flatMap(AgentConfig.Listener::serverName))));
  }

  Optional<SSLContext> ofHttps() {
    return https.map(tls -> TlsContexts.mutual(tls.keys(), tls.trust(Optional.empty())));
  }

  /**
   * @param renewConnections what to do once servers believe others than before
   */
  void follow(ScheduledExecutorService timer, Runnable renewConnections) {
    whenServersTrustOthers = renewConnections;
    if (config.reloadsItself()) {
      timer.scheduleWithFixedDelay(this::reload, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Looks at all files again: what is half written is passed over until it is whole. */
  void reload() {
    https.ifPresent(FiledTls::reloadOrKeep);
    if (servers.map(FiledTls::reloadOrKeep).equals(Optional.of(FiledTls.Change.AUTHORITIES))) {
      whenServersTrustOthers.run();
    }
  }
}
