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
}
