package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemException;
import io.hanse.peering.ServerAddresses;
import io.hanse.peering.link.LeaderPlace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the leader of a peer that never told its address: one that was down when the addresses were
 * told, and leads since the link was lost, as can be in a Consul that restarts one server after the
 * other. All known addresses are then of followers, which name their leader with each refusal. A
 * Hanse says where it is dialed; a Consul only where servers call each other, and there its host is
 * tried at the port of the follower, unless an address of that host is known: then servers share
 * it, and the port is one's own. Either is tried after followers alone had answered for a while:
 * behind gateways, or beyond a translation of addresses, it may lead nowhere. Source: peering
 * protocol, section 3.7.
 */
final class LeaderHint {
  /** An election is over by then, and the leader found where one address leads to many servers. */
  static final long REFUSED_MILLIS = 3_000;

  /** A host that did not help is not tried again sooner. */
  static final long AGAIN_MILLIS = 30_000;

  private static final long NEVER = Long.MIN_VALUE / 2;

  private @Nullable String address;

  /** The port is only assumed. */
  private boolean isGuess;

  private long refusedMillis = NEVER;
  private long triedMillis = NEVER;

  /** A server of the peer was heard: whatever was named before is old. */
  void forget() {
    address = null;
    refusedMillis = NEVER;
  }

  /**
   * A follower has refused.
   *
   * @param leader where it says that its leader is; may be anything
   * @param follower the address that it was dialed at
   */
  void named(LeaderPlace leader, String follower, long nowMillis) {
    refusedMillis = refusedMillis == NEVER ? nowMillis : refusedMillis;
    boolean isSaid = !leader.dialed().isEmpty();
    String named = isSaid ? checked(leader.dialed()) : beside(leader.address(), follower);
    if (named != null) {
      address = named;
      isGuess = !isSaid;
    }
    // Else another follower may not know yet who leads.
  }

  /**
   * The address to try next in place of the ring's, at most once in half a minute.
   *
   * @param known what the ring has
   */
  Optional<String> due(List<String> known, long nowMillis) {
    boolean isDue =
        address != null
            && !known.contains(address)
            && !(isGuess && isOfKnownHost(address, known))
            && refusedMillis != NEVER
            && nowMillis - refusedMillis >= REFUSED_MILLIS
            && nowMillis - triedMillis >= AGAIN_MILLIS;
    if (!isDue) {
      return Optional.empty();
    }
    triedMillis = nowMillis;
    return Optional.ofNullable(address);
  }

  /** The host of the one with the port of the other; null where that is no address. */
  private static @Nullable String beside(String leader, String follower) {
    int port = follower.lastIndexOf(':');
    int end = leader.lastIndexOf(':');
    if (port < 0 || end <= 0) {
      return null;
    }
    return checked(leader.substring(0, end) + follower.substring(port));
  }

  private static boolean isOfKnownHost(String address, List<String> known) {
    String host = address.substring(0, address.lastIndexOf(':') + 1);
    return known.stream().anyMatch(each -> each.startsWith(host));
  }

  private static @Nullable String checked(String address) {
    try {
      ServerAddresses.check(List.of(address));
      return address;
    } catch (ProblemException e) {
      // Of a Consul it is an address; of others it may be anything.
      return null;
    }
  }
}
