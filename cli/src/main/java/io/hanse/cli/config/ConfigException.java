package io.hanse.cli.config;

import java.util.List;

/** A configuration that can't be used. The message names the file or key, and what is wrong. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigException(String message) {
    super(message);
  }

  /** Several at once, listed as Consul lists them. */
  static String several(List<String> errors) {
    String count = errors.size() == 1 ? "1 error" : errors.size() + " errors";
    return count + " occurred:\n\t* " + String.join("\n\t* ", errors) + "\n\n";
  }
}
