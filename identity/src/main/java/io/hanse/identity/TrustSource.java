package io.hanse.identity;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Who says by which roots the identities of a trust domain are signed. Two may speak for one trust
 * domain: a cluster that is a peer twice, or one that claims what is another's. Neither is believed
 * more than the other, and neither's word counts for the other: see {@link Vouched}.
 *
 * @param peer whose word it is; empty for this cluster's own
 * @param trustDomain in lower case
 */
public record TrustSource(String peer, String trustDomain, List<String> rootPems) {
  public TrustSource {
    trustDomain = trustDomain.toLowerCase(Locale.ROOT);
    rootPems = List.copyOf(rootPems);
  }

  /** The roots of this cluster. */
  public static TrustSource own(String trustDomain, Collection<String> rootPems) {
    return new TrustSource("", trustDomain, List.copyOf(rootPems));
  }
}
