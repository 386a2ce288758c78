package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.GuardedTask;
import io.hanse.identity.FiledTls;
import io.hanse.identity.SharedKeyTls;
import io.hanse.identity.TlsContexts;
import io.hanse.identity.TlsFiles;
import io.hanse.raft.ServerTls;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one agent shows and believes: the operator's certificates, read at its start and again when
 * it is told to, or for what servers say to each other those of the key that they share.
 */
final class CertificateFiles {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateFiles.class);
  private static final long LOOK_SECONDS = 2;

  private final AgentConfig.Tls config;
  private final Optional<FiledTls> servers;
  private final Optional<FiledTls> https;
  private volatile Runnable whenServersTrustOthers = () -> {};

  /** Servers believe others, and those connected have not been asked again yet. */
  private final AtomicBoolean isRenewalDue = new AtomicBoolean();

  private CertificateFiles(
      AgentConfig.Tls config, Optional<FiledTls> servers, Optional<FiledTls> https) {
    this.config = config;
    this.servers = servers;
    this.https = https;
  }

  /** Reads the files and keys; fails with a problem that names what is wrong. */
  static CertificateFiles open(AgentConfig config) {
    AgentConfig.Tls tls = config.tls();
    return new CertificateFiles(
        tls, tls.servers().map(CertificateFiles::open).or(() -> shared(config)), https(tls));
  }

  private static Optional<FiledTls> https(AgentConfig.Tls tls) {
    return tls.https().map(CertificateFiles::open);
  }

  private static FiledTls open(AgentConfig.Listener listener) {
    return FiledTls.open(
        new TlsFiles(listener.authority(), listener.certificate(), listener.key()));
  }

  private static Optional<FiledTls> shared(AgentConfig config) {
    Keyring keyring = Keyring.of(config.dataDirectory(), config.tls().sharedKey());
    if (!keyring.isGiven()) {
      return Optional.empty();
    }
    keyring.warnOfUnused();
    return Optional.of(
        FiledTls.open(
            new SharedKeyTls(
                keyring::keys,
                config.tls().serverName(),
                config.addresses().advertise(),
                InstantSource.system())));
  }

  /** Those of a shared key are for servers only; of the operator's, their owner says whether. */
  private Optional<String> wantedName() {
    return config.servers().isPresent()
        ? config.servers().flatMap(AgentConfig.Listener::serverName)
        : Optional.of(config.serverName());
  }

  /** What servers show and believe among themselves. */
  Optional<ServerTls> betweenServers() {
    return servers.map(tls -> new ServerTls(tls.keys(), tls.trust(wantedName())));
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
      repeat(timer, this::reload);
    } else if (servers.isPresent() && config.servers().isEmpty()) {
      // What is made of a shared key runs out within days, and nobody sends a signal for that.
      repeat(timer, this::reloadServers);
    }
  }

  private static void repeat(ScheduledExecutorService timer, Runnable look) {
    timer.scheduleWithFixedDelay(
        new GuardedTask(look, e -> LOG.error("certificates not looked at, trying again", e)),
        LOOK_SECONDS,
        LOOK_SECONDS,
        TimeUnit.SECONDS);
  }

  /** Looks at all files again: what is half written is passed over until it is whole. */
  void reload() {
    https.ifPresent(FiledTls::reloadOrKeep);
    reloadServers();
  }

  /** The same for who wants to be told: looks at all, then fails with what is wrong of it. */
  void reloadOrFail() {
    Set<String> problems = new LinkedHashSet<>();
    https.ifPresent(tls -> reload(tls, problems));
    reloadServers(tls -> reload(tls, problems));
    if (!problems.isEmpty()) {
      String what = String.join("; ", problems);
      LOG.warn("certificates not reloaded by request, the old ones stay in use cause=\"{}\"", what);
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "certificates not reloaded, the old ones stay in use: " + what);
    }
    LOG.info("certificates were read again by request");
  }

  private static FiledTls.Change reload(FiledTls tls, Set<String> problems) {
    try {
      return tls.reload();
    } catch (ProblemException e) {
      problems.add(String.valueOf(e.getMessage()));
      return FiledTls.Change.NOTHING;
    }
  }

  private void reloadServers() {
    reloadServers(FiledTls::reloadOrKeep);
  }

  private void reloadServers(Function<FiledTls, FiledTls.Change> reload) {
    if (servers.map(reload).equals(Optional.of(FiledTls.Change.AUTHORITIES))) {
      isRenewalDue.set(true);
    }
    if (isRenewalDue.getAndSet(false)) {
      renewConnections();
    }
  }

  /** What fails of it is done at the next look. */
  private void renewConnections() {
    try {
      whenServersTrustOthers.run();
    } catch (RuntimeException | Error e) {
      isRenewalDue.set(true);
      LOG.warn("connections between servers not renewed with the certificates", e);
    }
  }
}
