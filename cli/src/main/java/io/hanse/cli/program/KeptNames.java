package io.hanse.cli.program;

import java.security.Security;

/**
 * How long this process keeps what it was told of a name: other clusters move behind theirs, and
 * must be found as soon as the name leads to where they are.
 */
final class KeptNames {
  private static final String FOUND = "networkaddress.cache.ttl";
  private static final String UNKNOWN = "networkaddress.cache.negative.ttl";
  private static final String SECONDS = "1";

  /** Java's own; what is another was said by an operator. */
  private static final String UNKNOWN_SECONDS = "10";

  private KeptNames() {}

  /** Before the first name is looked up: later it changes nothing. */
  static void keepBriefly() {
    // Java's own default is 30 s.
    if (Security.getProperty(FOUND) == null && System.getProperty("sun.net.inetaddr.ttl") == null) {
      Security.setProperty(FOUND, SECONDS);
    }
    if (UNKNOWN_SECONDS.equals(Security.getProperty(UNKNOWN))) {
      Security.setProperty(UNKNOWN, SECONDS);
    }
  }
}
