package io.hanse.identity;

import java.util.Set;

/**
 * An identity that was proved, and by whose roots. What a peer signs is an identity of that peer,
 * whatever trust domain it names: a domain is no secret, and anybody can claim it.
 *
 * @param peers whose roots signed it, at least one; empty text for this cluster's own
 */
public record Vouched(SpiffeId id, Set<String> peers) {
  public Vouched {
    peers = Set.copyOf(peers);
  }
}
