package io.hanse.identity;

import io.hanse.fsm.row.CaConfiguration;
import java.time.Duration;

/**
 * A configuration of the authority that was found to be right, with what follows from it.
 *
 * @param configuration to be stored
 * @param rootTtl how long a root that is made by it is valid
 */
public record CaPlan(CaConfiguration configuration, RootKey key, Duration rootTtl) {
  /** Nothing is to be done then. */
  boolean saysTheSameAs(CaConfiguration stored) {
    return stored.getProvider().equals(configuration.getProvider())
        && stored.getConfig().equals(configuration.getConfig());
  }
}
