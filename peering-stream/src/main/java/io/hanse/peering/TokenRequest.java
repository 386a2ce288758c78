package io.hanse.peering;

import io.hanse.fsm.row.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A token that an operator asks for.
 *
 * @param name of the other cluster, here
 * @param partition none, or {@code default}
 * @param meta of the peering, if it is new
 * @param externalAddresses named in place of the servers' own
 * @param lifetime zero: it can be redeemed until a newer one is made
 */
public record TokenRequest(
    String name,
    String partition,
    Map<String, String> meta,
    List<PeerAddress> externalAddresses,
    Duration lifetime) {
  /** What a Consul could be asked for. */
  public static TokenRequest of(String name, List<String> externalAddresses) {
    return new TokenRequest(
        name, "", Map.of(), LabelledAddresses.of(externalAddresses, Map.of()), Duration.ZERO);
  }
}
