package io.hanse.peering;

import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator does with peerings, from any server. Failures are a {@link
 * io.hanse.fsm.error.ProblemException} with Consul's text.
 */
public interface PeeringService {
  /** Answers the token, in base64. Runs on the leader. */
  CompletableFuture<String> generateToken(TokenRequest request);

  /** Takes back the token that was not redeemed yet; answers whether there was one. */
  CompletableFuture<Boolean> revokeToken(String name);

  /**
   * Redeems a token; completes once the stream secret is stored. Runs on the leader.
   *
   * @param preferredLabel of the token's addresses, those with it are dialed first; may be empty
   */
  CompletableFuture<Void> establish(
      String name, String token, Map<String, String> meta, String preferredLabel);

  /** Redeems a token; its addresses are dialed in its order. */
  default CompletableFuture<Void> establish(String name, String token, Map<String, String> meta) {
    return establish(name, token, meta, "");
  }

  /**
   * Has a peering dialed at these addresses and no others; none: where the other cluster says.
   * Answers whether that changed anything.
   */
  CompletableFuture<Boolean> pinAddresses(String name, List<PeerAddress> addresses);

  /** Marks for deletion; an unknown name is no failure. */
  CompletableFuture<Void> delete(String name);

  /** Adds to stored rows what only the leader knows: ACTIVE, FAILING and the stream's status. */
  CompletableFuture<List<Peering>> withStreamStatus(List<Peering> stored);

  /** The same, for who asked for what is here: without a leader what is stored, shown as such. */
  default CompletableFuture<List<Peering>> withStreamStatusIfLed(List<Peering> stored) {
    return withStreamStatus(stored);
  }
}
