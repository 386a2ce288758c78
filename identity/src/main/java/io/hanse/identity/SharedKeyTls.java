package io.hanse.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes a server's certificates out of the keys that it shares with the others: the first key
 * signs, all are believed. Private keys of certificates stay in this process.
 */
public final class SharedKeyTls implements TlsSource {
  /** How old a certificate gets before another one is made. */
  private static final Duration RENEWED_AFTER = Duration.ofDays(1);

  /** Clocks of servers may differ by as much, in either direction. */
  private static final Duration CLOCKS_APART = Duration.ofDays(2);

  private final Supplier<List<SharedKey>> keyring;
  private final String serverName;
  private final String address;
  private final InstantSource clock;
  private final Map<SharedKey, OperatorAuthority> authorities = new LinkedHashMap<>();
  private List<SharedKey> keys = List.of();
  private Instant madeAt = Instant.MIN;
  private TlsContent content;

  /**
   * Makes the first certificate.
   *
   * @param keyring asked at each look; never empty, fails where a key is not right
   * @param serverName what every server's certificate has to be for
   * @param address of this server, to be named by in the others' logs
   */
  public SharedKeyTls(
      Supplier<List<SharedKey>> keyring, String serverName, String address, InstantSource clock) {
    this.keyring = keyring;
    this.serverName = serverName;
    this.address = address;
    this.clock = clock;
    this.content = make(keyring.get(), clock.instant());
  }

  @Override
  public synchronized TlsContent read() {
    List<SharedKey> fresh = keyring.get();
    Instant now = clock.instant();
    boolean isDue = Duration.between(madeAt, now).abs().compareTo(RENEWED_AFTER) > 0;
    if (isDue || !fresh.equals(keys)) {
      content = make(fresh, now);
    }
    return content;
  }

  private TlsContent make(List<SharedKey> fresh, Instant now) {
    Instant since = now.minus(CLOCKS_APART);
    authorities.keySet().retainAll(fresh);
    fresh.forEach(key -> authorities.computeIfAbsent(key, k -> SharedKeyAuthority.of(k, since)));
    List<X509Certificate> roots =
        fresh.stream().distinct().map(key -> authority(key).certificate()).toList();
    OperatorAuthority.Issued issued =
        authority(fresh.get(0))
            .issue(
                OperatorAuthority.Role.SERVER,
                List.of(serverName),
                List.of(address),
                CLOCKS_APART.plus(RENEWED_AFTER).plus(CLOCKS_APART),
                since);
    keys = List.copyOf(fresh);
    madeAt = now;
    return new TlsContent(
        roots, Pem.certificates(issued.certificatePem()), Keys.parse(issued.keyPem()));
  }

  private OperatorAuthority authority(SharedKey key) {
    OperatorAuthority authority = authorities.get(key);
    if (authority == null) {
      throw new IllegalStateException("no authority was made of a key");
    }
    return authority;
  }

  @Override
  public String description() {
    return "made of the shared key, for " + serverName;
  }
}
