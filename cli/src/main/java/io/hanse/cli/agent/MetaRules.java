package io.hanse.cli.agent;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The limits of user metadata. Source: Consul's API, B.7.3. */
final class MetaRules {
  private static final int PAIRS_MAX = 64;
  private static final int KEY_LENGTH_MAX = 128;
  private static final int VALUE_LENGTH_MAX = 512;
  private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9_-]+");
  private static final String RESERVED = "consul-";

  private MetaRules() {}

  /**
   * What is wrong, if anything.
   *
   * @param reserved whether keys that Consul reserves for itself are allowed, as with gateways
   */
  static Optional<String> problem(Map<String, String> meta, boolean reserved) {
    if (meta.size() > PAIRS_MAX) {
      return Optional.of("Node metadata cannot contain more than 64 key/value pairs");
    }
    for (Map.Entry<String, String> pair : new TreeMap<>(meta).entrySet()) {
      Optional<String> problem = ofPair(pair.getKey(), pair.getValue(), reserved);
      if (problem.isPresent()) {
        return problem.map(
            text ->
                "Couldn't load metadata pair ('%s', '%s'): %s"
                    .formatted(pair.getKey(), pair.getValue(), text));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> ofPair(String key, String value, boolean reserved) {
    if (key.isEmpty()) {
      return Optional.of("Key cannot be blank");
    }
    if (!KEY.matcher(key).matches()) {
      return Optional.of("Key contains invalid characters");
    }
    if (key.length() > KEY_LENGTH_MAX) {
      return Optional.of("Key is too long (limit: 128 characters)");
    }
    if (!reserved && key.startsWith(RESERVED)) {
      return Optional.of("Key prefix 'consul-' is reserved for internal use");
    }
    if (value.length() > VALUE_LENGTH_MAX) {
      return Optional.of("Value is too long (limit: 512 characters)");
    }
    return Optional.empty();
  }
}
