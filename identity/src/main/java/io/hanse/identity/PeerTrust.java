package io.hanse.identity;

import io.hanse.fsm.error.ProblemException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes leafs of the mesh. A leaf's only URI SAN names its trust domain, and the roots of those
 * who speak for that domain decide, each for itself: never the union of all, or one peer could mint
 * identities of another. New bundles mean a new instance, with nothing remembered.
 */
public final class PeerTrust {
  /** A chain that passed, by its exact bytes. */
  private record Known(Vouched vouched, String uri, Instant until) {}

  /** The roots that one of those who speak for a trust domain names. */
  private record Voucher(String peer, Set<TrustAnchor> anchors) {}

  private static final int URI = 6;

  /** Beyond, memory starts anew: 10,000 entries are about 5 MB. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Map<String, List<Voucher>> byDomain = new TreeMap<>();
  private final Map<String, Known> remembered = new ConcurrentHashMap<>();

  private final InstantSource clock;

  /** Believes those who speak for a trust domain, each by its own roots. */
  public PeerTrust(Collection<TrustSource> sources) {
    this(sources, InstantSource.system());
  }

  PeerTrust(Collection<TrustSource> sources, InstantSource clock) {
    this.clock = clock;
    for (TrustSource source : sources) {
      byDomain
          .computeIfAbsent(source.trustDomain(), domain -> new ArrayList<>())
          .add(new Voucher(source.peer(), Chains.anchors(Pem.certificates(source.rootPems()))));
    }
  }

  /** Believes any identity of the known trust domains. */
  public X509ExtendedTrustManager any() {
    return new Check(Optional.empty());
  }

  /** Believes exactly these identities; the texts must be equal to the URI SAN. */
  public X509ExtendedTrustManager anyOf(Collection<String> spiffeIds) {
    return new Check(Optional.of(Set.copyOf(spiffeIds)));
  }

  /**
   * Who a client is, and who vouches for it, as of an instant: an open connection is judged anew by
   * what its client showed when it came, which may have expired since.
   */
  public Vouched client(X509Certificate[] chain, Instant at) throws CertificateException {
    return verified(chain, Chains.Purpose.CLIENT, at).vouched();
  }

  /** The identity of a certificate, as far as it says one and only one. */
  public static SpiffeId identity(X509Certificate leaf) throws CertificateException {
    return parse(uri(leaf));
  }

  private static SpiffeId parse(String uri) throws CertificateException {
    try {
      return SpiffeId.parse(uri);
    } catch (ProblemException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static String uri(X509Certificate leaf) throws CertificateParsingException {
    String found = null;
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    if (names != null) {
      for (List<?> name : names) {
        if (name.get(0) instanceof Integer type && type == URI) {
          if (found != null) {
            throw new CertificateParsingException("certificate has more than one URI SAN");
          }
          found = (String) name.get(1);
        }
      }
    }
    if (found == null) {
      throw new CertificateParsingException("certificate has no URI SAN");
    }
    return found;
  }

  private Known verified(X509Certificate[] chain, Chains.Purpose purpose, Instant at)
      throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("no certificate presented");
    }
    String key = fingerprint(chain, purpose);
    Known known = remembered.get(key);
    if (known != null && known.until().isAfter(at)) {
      return known;
    }
    Known fresh = verify(chain, purpose, at);
    if (remembered.size() >= REMEMBERED_MAX) {
      remembered.clear();
    }
    remembered.put(key, fresh);
    return fresh;
  }

  private Known verify(X509Certificate[] chain, Chains.Purpose purpose, Instant at)
      throws CertificateException {
    String uri = uri(chain[0]);
    SpiffeId id = parse(uri);
    List<Voucher> asked = byDomain.get(id.trustDomain().toLowerCase(Locale.ROOT));
    if (asked == null) {
      throw new CertificateException("unknown trust domain \"" + id.trustDomain() + "\"");
    }
    Set<String> peers = new TreeSet<>();
    Optional<Instant> until = Optional.empty();
    Optional<CertificateException> refusal = Optional.empty();
    for (Voucher each : asked) {
      try {
        Instant end = Chains.verify(chain, each.anchors(), purpose, at);
        until = until.filter(end::isAfter).or(() -> Optional.of(end));
        peers.add(each.peer());
      } catch (CertificateException e) {
        refusal = Optional.of(e);
      }
    }
    if (until.isEmpty()) {
      throw refusal.orElseThrow();
    }
    return new Known(new Vouched(id, peers), uri, until.get());
  }

  private static String fingerprint(X509Certificate[] chain, Chains.Purpose purpose)
      throws CertificateEncodingException {
    StringBuilder text = new StringBuilder(purpose.name());
    for (X509Certificate certificate : chain) {
      text.append(Keys.hex(Keys.digest("SHA-256", certificate.getEncoded())));
    }
    return text.toString();
  }

  private final class Check extends TrustCheck {
    private final Optional<Set<String>> expected;

    Check(Optional<Set<String>> expected) {
      this.expected = expected;
    }

    @Override
    void check(X509Certificate[] chain, Chains.Purpose purpose) throws CertificateException {
      Known known = verified(chain, purpose, clock.instant());
      if (expected.isPresent() && !expected.get().contains(known.uri())) {
        throw new CertificateException(
            "certificate is for " + known.uri() + ", expected one of " + expected.get());
      }
    }
  }
}
