package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.JwtKeySet;
import io.hanse.fsm.row.JwtLocation;
import io.hanse.fsm.row.JwtProvider;
import io.hanse.fsm.row.KeySetCluster;
import io.hanse.fsm.row.KeySetTls;
import io.hanse.fsm.row.LocalKeySet;
import io.hanse.fsm.row.RemoteKeySet;
import io.hanse.fsm.row.RetryBackOff;
import io.hanse.fsm.row.TrustedCa;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/** What a jwt-provider entry fills in and may say. */
final class JwtProviderRules {
  private static final int CLOCK_SKEW_SECONDS = 30;
  private static final Set<String> DISCOVERIES =
      Set.of("", "STRICT_DNS", "STATIC", "LOGICAL_DNS", "EDS", "ORIGINAL_DST");

  private JwtProviderRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    JwtProvider.Builder provider = entry.getJwtProvider().toBuilder();
    if (provider.getClockSkewSeconds() == 0) {
      provider.setClockSkewSeconds(CLOCK_SKEW_SECONDS);
    }
    return entry.toBuilder().setJwtProvider(provider).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    JwtProvider provider = entry.getJwtProvider();
    if (!provider.hasJsonWebKeySet()) {
      throw invalid("JSONWebKeySet is required");
    }
    JwtKeySet keys = provider.getJsonWebKeySet();
    if (keys.hasLocal() == keys.hasRemote()) {
      throw invalid("must specify exactly one of Local or Remote JSON Web key set");
    }
    if (keys.hasLocal()) {
      validate(keys.getLocal());
    } else {
      validate(keys.getRemote());
    }
    Findings findings = new Findings();
    for (JwtLocation location : provider.getLocationsList()) {
      flaw(location).ifPresent(findings::add);
    }
    findings.throwIfAny();
    if (provider.hasForwarding() && provider.getForwarding().getHeaderName().isEmpty()) {
      throw invalid("Header name required for forwarding config");
    }
  }

  private static void validate(LocalKeySet keys) {
    if (keys.getJwks().isEmpty() == keys.getFilename().isEmpty()) {
      throw invalid("must specify exactly one of String or filename for local keyset");
    }
    try {
      Base64.getDecoder().decode(keys.getJwks());
    } catch (IllegalArgumentException e) {
      throw invalid("JWKS must be valid base64 encoded string");
    }
  }

  private static void validate(RemoteKeySet keys) {
    if (keys.getUri().isEmpty()) {
      throw invalid("Remote JWKS URI is required");
    }
    if (!isAbsolute(keys.getUri())) {
      throw invalid(
          "Remote JWKS URI is invalid: parse \""
              + keys.getUri()
              + "\": invalid URI for request, uri: "
              + keys.getUri());
    }
    RetryBackOff pause = keys.getRetryPolicy().getRetryPolicyBackOff();
    if (!Durations.isZero(pause.getMaxInterval())
        && Durations.compare(pause.getBaseInterval(), pause.getMaxInterval()) > 0) {
      throw invalid(
          "retry policy backoff's MaxInterval should be greater or equal to BaseInterval");
    }
    if (keys.hasJwksCluster()) {
      validate(keys.getJwksCluster());
    }
  }

  private static boolean isAbsolute(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() || text.startsWith("/");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void validate(KeySetCluster cluster) {
    if (!DISCOVERIES.contains(cluster.getDiscoveryType())) {
      throw invalid(
          "unsupported jwks cluster discovery type: \"" + cluster.getDiscoveryType() + "\"");
    }
    if (!cluster.hasTlsCertificates()) {
      return;
    }
    KeySetTls tls = cluster.getTlsCertificates();
    if (tls.hasCaCertificateProviderInstance() == tls.hasTrustedCa()) {
      throw invalid(
          "must specify exactly one of: CaCertificateProviderInstance or TrustedCA for JKWS'"
              + " TLSCertificates");
    }
    TrustedCa trusted = tls.getTrustedCa();
    int sources =
        (trusted.getFilename().isEmpty() ? 0 : 1)
            + (trusted.getEnvironmentVariable().isEmpty() ? 0 : 1)
            + (trusted.getInlineString().isEmpty() ? 0 : 1)
            + (trusted.getInlineBytes().isEmpty() ? 0 : 1);
    if (tls.hasTrustedCa() && sources != 1) {
      throw invalid(
          "must specify exactly one of: Filename, EnvironmentVariable, InlineString or"
              + " InlineBytes for JWKS' TrustedCA");
    }
  }

  private static Optional<String> flaw(JwtLocation location) {
    int places =
        (location.hasHeader() ? 1 : 0)
            + (location.hasQueryParam() ? 1 : 0)
            + (location.hasCookie() ? 1 : 0);
    if (places != 1) {
      return Optional.of("must set exactly one of: JWT location header, query param or cookie");
    }
    if (location.hasHeader() && location.getHeader().getName().isEmpty()) {
      return Optional.of("JWT location header name must be specified");
    }
    if (location.hasQueryParam() && location.getQueryParam().getName().isEmpty()) {
      return Optional.of("JWT location query param name must be specified");
    }
    return location.hasCookie() && location.getCookie().getName().isEmpty()
        ? Optional.of("JWT location cookie name must be specified")
        : Optional.empty();
  }
}
