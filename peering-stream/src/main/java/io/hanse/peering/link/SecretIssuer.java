package io.hanse.peering.link;

import java.util.concurrent.CompletableFuture;

/** Answers redeemers of establishment secrets, on any server. */
public interface SecretIssuer {
  /**
   * Exchanges an establishment secret for a stream secret.
   *
   * @param nonce the redeemer's mark, or empty
   * @param wantsReason whether the redeemer understands more than what a Consul says
   * @return the stream secret, or a failure with a {@link LinkException}
   */
  CompletableFuture<String> issue(String peerId, String secret, String nonce, boolean wantsReason);

  /**
   * Has a stream secret followed by another one.
   *
   * @param current what the dialer has
   * @param isStored whether that is the secret it was given last, and stored now
   * @return the secret that follows, or the one that is stored
   */
  CompletableFuture<String> follow(String peerId, String current, boolean isStored);
}
