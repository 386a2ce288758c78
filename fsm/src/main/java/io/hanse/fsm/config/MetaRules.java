package io.hanse.fsm.config;

import java.util.Map;
import java.util.Optional;

/**
 * The two sets of limits on metadata: the lax one of config entries, and the strict one of services
 * and peerings.
 */
public final class MetaRules {
  private static final int PAIRS_MAX = 64;
  private static final int KEY_LENGTH_MAX = 128;
  private static final int VALUE_LENGTH_MAX = 512;
  private static final String RESERVED = "consul-";

  private MetaRules() {}

  /**
   * What is wrong with the pairs of a service or a peering.
   *
   * @param reserved whether keys that Consul reserves for itself are allowed, as with gateways
   */
  public static Optional<String> strict(Map<String, String> meta, boolean reserved) {
    if (meta.size() > PAIRS_MAX) {
      return Optional.of("Node metadata cannot contain more than 64 key/value pairs");
    }
    Optional<String> first = Optional.empty();
    for (Map.Entry<String, String> pair : meta.entrySet()) {
      Optional<String> flaw = strict(pair.getKey(), pair.getValue(), reserved);
      if (flaw.isPresent() && (first.isEmpty() || flaw.get().compareTo(first.get()) < 0)) {
        first = flaw;
      }
    }
    return first;
  }

  private static Optional<String> strict(String key, String value, boolean reserved) {
    String wrong;
    if (key.isEmpty()) {
      wrong = "Key cannot be blank";
    } else if (!hasKeyCharacters(key)) {
      wrong = "Key contains invalid characters";
    } else if (key.length() > KEY_LENGTH_MAX) {
      wrong = "Key is too long (limit: 128 characters)";
    } else if (!reserved && key.startsWith(RESERVED)) {
      wrong = "Key prefix 'consul-' is reserved for internal use";
    } else if (value.length() > VALUE_LENGTH_MAX) {
      wrong = "Value is too long (limit: 512 characters)";
    } else {
      return Optional.empty();
    }
    return Optional.of("Couldn't load metadata pair ('" + key + "', '" + value + "'): " + wrong);
  }

  private static boolean hasKeyCharacters(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean isAllowed =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!isAllowed && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }

  /**
   * Refuses what is wrong with the pairs of a config entry, where that is all to be said at once.
   */
  static void requireLax(Map<String, String> meta) {
    Findings findings = new Findings();
    lax(meta, findings);
    findings.throwIfAny();
  }

  /** Reports what is wrong with the pairs of a config entry. */
  static void lax(Map<String, String> meta, Findings findings) {
    findings.addIf(meta.size() > PAIRS_MAX, "Meta exceeds maximum element count 64");
    meta.forEach(
        (key, value) -> {
          findings.addIf(
              key.length() > KEY_LENGTH_MAX,
              "Meta key \"" + key + "\" exceeds maximum length " + KEY_LENGTH_MAX);
          findings.addIf(
              value.length() > VALUE_LENGTH_MAX,
              "Meta value for key \"" + key + "\" exceeds maximum length " + VALUE_LENGTH_MAX);
        });
  }
}
