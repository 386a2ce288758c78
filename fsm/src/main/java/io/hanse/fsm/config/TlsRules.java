package io.hanse.fsm.config;

import java.util.List;
import java.util.Optional;

/** Which versions and suites of TLS an entry may ask for. */
final class TlsRules {
  private static final String AUTO = "TLS_AUTO";
  private static final List<String> VERSIONS =
      List.of(AUTO, "TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3");

  private TlsRules() {}

  static void require(String min, String max, List<String> suites) {
    flaw(min, max, suites)
        .ifPresent(
            text -> {
              throw Findings.invalid(text);
            });
  }

  static Optional<String> flaw(String min, String max, List<String> suites) {
    for (String version : List.of(min, max)) {
      if (!version.isEmpty() && !VERSIONS.contains(version)) {
        return Optional.of(
            "no matching TLS version found for "
                + version
                + ", please specify one of ["
                + String.join(", ", VERSIONS)
                + "]");
      }
    }
    if (isSet(min) && isSet(max) && VERSIONS.indexOf(max) < VERSIONS.indexOf(min)) {
      return Optional.of(
          "configuring max version "
              + max
              + " less than the configured min version "
              + min
              + " is invalid");
    }
    if (!suites.isEmpty() && min.equals("TLSv1_3")) {
      return Optional.of(
          "configuring CipherSuites is only applicable to connections negotiated with TLS"
              + " 1.2 or earlier, TLSMinVersion is set to TLSv1_3");
    }
    return Optional.empty();
  }

  private static boolean isSet(String version) {
    return !version.isEmpty() && !version.equals(AUTO);
  }
}
