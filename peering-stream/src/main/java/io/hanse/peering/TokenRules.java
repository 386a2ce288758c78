package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.identity.Pem;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.protocol.PeerTexts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What can never be a name, meta or token, with Consul's texts. Source: peering protocol, sections
 * 1.3 and 1.6.
 */
final class TokenRules {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?");
  private static final Pattern META_KEY = Pattern.compile("[A-Za-z0-9_-]+");
  private static final int META_PAIRS_MAX = 64;
  private static final int META_KEY_MAX = 128;
  private static final int META_VALUE_MAX = 512;
  private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final int PINS_MAX = 64;
  private static final int PORT_MAX = 65_535;

  /** Servers of a cluster that a dialer is told of. */
  private static final int ADDRESSES_MAX = 256;

  /** A name in DNS has up to 253 characters, a port 5. */
  private static final int ADDRESS_LENGTH_MAX = 253 + 1 + 5;

  private static final Duration LIFETIME_MIN = Duration.ofSeconds(1);
  private static final Duration LIFETIME_MAX = Duration.ofDays(3_650);

  private TokenRules() {}

  static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw refused(
          name
              + " is not a valid peer name: a valid peering name must consist of lower case"
              + " alphanumeric characters or '-', and must start and end with an alphanumeric"
              + " character");
    }
  }

  static void checkMeta(Map<String, String> meta) {
    if (meta.size() > META_PAIRS_MAX) {
      throw refused(
          "meta tags failed validation: Node metadata cannot contain more than "
              + META_PAIRS_MAX
              + " key/value pairs");
    }
    meta.forEach(
        (key, value) ->
            reason(key, value)
                .ifPresent(
                    reason -> {
                      throw refused(
                          "meta tags failed validation: Couldn't load metadata pair ('"
                              + key
                              + "', '"
                              + value
                              + "'): "
                              + reason);
                    }));
  }

  private static Optional<String> reason(String key, String value) {
    if (key.isEmpty()) {
      return Optional.of("Key cannot be blank");
    }
    if (!META_KEY.matcher(key).matches()) {
      return Optional.of("Key contains invalid characters");
    }
    if (key.length() > META_KEY_MAX) {
      return Optional.of("Key is too long (limit: " + META_KEY_MAX + " characters)");
    }
    if (key.startsWith("consul-")) {
      return Optional.of("Key prefix 'consul-' is reserved for internal use");
    }
    if (value.length() > META_VALUE_MAX) {
      return Optional.of("Value is too long (limit: " + META_VALUE_MAX + " characters)");
    }
    return Optional.empty();
  }

  /** Zero is for ever. */
  static void checkLifetime(Duration lifetime) {
    boolean isBounded =
        lifetime.compareTo(LIFETIME_MIN) >= 0 && lifetime.compareTo(LIFETIME_MAX) <= 0;
    if (!lifetime.isZero() && !isBounded) {
      throw refused("TTL must be between 1s and 87600h, or 0 for a token that does not expire");
    }
  }

  /** Refuses a token that can't be dialed with. Its secret is not looked at. */
  static void checkToken(PeeringToken token) {
    for (String pem : token.caPems()) {
      try {
        Pem.firstCertificate(pem);
      } catch (ProblemException e) {
        throw new ProblemException(
            ProblemCode.INVALID_ARGUMENT, "peering token invalid CA: " + e.getMessage(), e);
      }
    }
    if (token.manualAddresses().isEmpty() && token.addresses().isEmpty()) {
      throw refused("peering token server addresses value is empty");
    }
    checkAddresses(LabelledAddresses.plain(token.manualAddresses()));
    token.manualAddresses().forEach(TokenRules::checkLabel);
    checkAddresses(token.addresses());
    if (!token.caPems().isEmpty() && token.serverName().isEmpty()) {
      throw refused("peering token server name value is empty");
    }
    // Gateways here lead what asks for this name to where the token says.
    if (!token.serverName().isEmpty() && !TrustDomain.isServerName(token.serverName())) {
      throw refused(
          "peering token server name "
              + Quoted.of(PeerTexts.cut(token.serverName()))
              + " is not that of another cluster's servers: server.<datacenter>.peering.<trust"
              + " domain>");
    }
    if (token.peerId().isEmpty()) {
      throw refused("peering token peer ID value is empty");
    }
  }

  static void checkPins(List<PeerAddress> addresses) {
    if (addresses.size() > PINS_MAX) {
      throw refused("more than " + PINS_MAX + " addresses");
    }
    for (PeerAddress pinned : addresses) {
      checkAddress(pinned.getAddress());
      checkLabel(pinned);
    }
  }

  /** None is fine. */
  static void checkLabel(PeerAddress address) {
    if (!address.getLabel().isEmpty() && !LABEL.matcher(address.getLabel()).matches()) {
      throw refused(
          "a label has up to 64 letters, digits, '-', '_' and '.', and \""
              + address.getAddress()
              + "\" has another one");
    }
  }

  /** Refuses one that no address of a token has; empty: none is preferred. */
  static void checkPreference(String label, PeeringToken token) {
    Collection<String> labels = LabelledAddresses.labels(token.manualAddresses()).values();
    if (!label.isEmpty() && !labels.contains(label)) {
      throw refused(
          "no address of the token has the preferred label"
              + (labels.isEmpty()
                  ? ": it has no labels"
                  : "; it has: " + String.join(", ", new TreeSet<>(labels))));
    }
  }

  /** Refuses what can't be dialed, or more than any cluster has servers. */
  static void checkAddresses(Collection<String> addresses) {
    if (addresses.size() > ADDRESSES_MAX) {
      throw refused(addresses.size() + " server addresses, more than " + ADDRESSES_MAX);
    }
    addresses.forEach(TokenRules::checkAddress);
  }

  static void checkAddress(String address) {
    if (address.length() > ADDRESS_LENGTH_MAX) {
      throw refused(
          "a peering server address of "
              + address.length()
              + " characters, more than "
              + ADDRESS_LENGTH_MAX);
    }
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? "" : address.substring(0, colon);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    boolean isSplit = isBracketed || (colon >= 0 && host.indexOf(':') < 0);
    if (!isSplit || !isPort(address.substring(colon + 1))) {
      throw refused(address + " is not a valid peering server address");
    }
  }

  private static boolean isPort(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= PORT_MAX;
  }

  static ProblemException refused(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }
}
