package io.hanse.peering.link;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Redeems establishment secrets with other clusters. */
public interface SecretRedeemer {
  /**
   * One attempt at one server, on a connection of its own.
   *
   * @param nonce the redeemer's mark: asked again with it, a server that knows it gives the same
   *     answer again
   * @return the stream secret, or a failure with a {@link LinkException}
   */
  CompletableFuture<String> redeem(
      LinkTarget target, String peerId, String secret, String nonce, Duration patience);
}
