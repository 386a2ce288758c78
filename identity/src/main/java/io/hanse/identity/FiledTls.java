package io.hanse.identity;

import io.hanse.fsm.error.ProblemException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and trust that an operator gave, by files or by a shared key, and may replace while
 * connections are made by them: each handshake goes by what was read last. What doesn't fit
 * together changes nothing.
 */
public final class FiledTls {
  private static final Logger LOG = LoggerFactory.getLogger(FiledTls.class);

  /** How long the same certificate is refused without another word. */
  private static final long QUIET_MILLIS = 60_000;

  private static final int REFUSALS_REMEMBERED = 1_000;

  /** What a further look found. */
  public enum Change {
    NOTHING,
    /** Another certificate of this process; who is believed is the same. */
    CERTIFICATE,
    /** Others are believed: connections that are open may not be any more. */
    AUTHORITIES
  }

  private final TlsSource source;
  private final InstantSource clock;
  private final Map<String, Long> refusals = new ConcurrentHashMap<>();
  private volatile TlsContent content;
  private volatile String complaint = "";

  private FiledTls(TlsSource source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
    this.content = source.read();
  }

  /** Looks for the first time; fails with a problem that names what is wrong. */
  public static FiledTls open(TlsSource source) {
    return new FiledTls(source, InstantSource.system());
  }

  public X509ExtendedKeyManager keys() {
    return new LeafKeys(() -> content);
  }

  /**
   * Believes who shows a certificate of the authorities, and logs whom it does not believe.
   *
   * @param serverName a name that the certificate has to have besides
   */
  public X509ExtendedTrustManager trust(Optional<String> serverName) {
    return new Trust(serverName);
  }

  /** Looks again; fails, and goes on with what it has, where they are not right. */
  public synchronized Change reload() {
    TlsContent fresh = source.read();
    complaint = "";
    TlsContent old = content;
    if (fresh.equals(old)) {
      return Change.NOTHING;
    }
    content = fresh;
    Change change = fresh.roots().equals(old.roots()) ? Change.CERTIFICATE : Change.AUTHORITIES;
    LOG.info(
        "certificates reloaded change={} certificate={} serial={} valid_until={} roots={}",
        change,
        source.description(),
        fresh.serialNumber(),
        fresh.certificate().getNotAfter().toInstant(),
        fresh.roots().size());
    return change;
  }

  /** The same for those who only want to be told of success or failure by the log. */
  public Change reloadOrKeep() {
    try {
      return reload();
    } catch (RuntimeException e) {
      // Of whatever kind: who looks at times would not look again.
      String what = e instanceof ProblemException ? String.valueOf(e.getMessage()) : e.toString();
      if (!what.equals(complaint)) {
        complaint = what;
        LOG.warn("certificates not reloaded, the old ones stay in use cause=\"{}\"", what);
      }
      return Change.NOTHING;
    }
  }

  private final class Trust extends TrustCheck {
    private final Optional<String> serverName;

    Trust(Optional<String> serverName) {
      this.serverName = serverName;
    }

    @Override
    void check(X509Certificate[] chain, Chains.Purpose purpose) throws CertificateException {
      try {
        Chains.verify(chain, Chains.anchors(content.roots()), purpose, clock.instant());
        if (serverName.isPresent()) {
          ServerNameTrust.checkName(chain[0], serverName.get());
        }
      } catch (CertificateException e) {
        logOnce(chain, purpose, e);
        throw e;
      }
    }

    private void logOnce(
        X509Certificate[] chain, Chains.Purpose purpose, CertificateException why) {
      String name = chain.length == 0 ? "none" : CertificateNames.of(chain[0]);
      long now = clock.millis();
      Long last = refusals.get(name + why.getMessage());
      if (last != null && now - last < QUIET_MILLIS) {
        return;
      }
      if (refusals.size() >= REFUSALS_REMEMBERED) {
        refusals.clear();
      }
      refusals.put(name + why.getMessage(), now);
      LOG.warn(
          "connection refused: its certificate is not believed as={} certificate=\"{}\" cause=\"{}\"",
          purpose,
          name,
          why.getMessage());
    }
  }
}
