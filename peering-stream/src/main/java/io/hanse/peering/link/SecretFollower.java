package io.hanse.peering.link;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Has a stream secret followed by another one, with clusters that know how: a Consul's lives until
 * a new token is redeemed.
 */
public interface SecretFollower {
  /** What a cluster announces that knows how. */
  String EXTENSION = "secret-rotation";

  /**
   * Asks for the secret that is to follow. Asked again, the other cluster gives the same one, until
   * it was confirmed.
   *
   * @param current what this side has
   * @return the next secret, or a failure with a {@link LinkException}
   */
  CompletableFuture<String> follow(
      LinkTarget target, String peerId, String current, Duration patience);

  /**
   * Says that the secret which was given is stored here: from then on the one before it is good no
   * more.
   */
  CompletableFuture<Void> confirm(
      LinkTarget target, String peerId, String stored, Duration patience);
}
