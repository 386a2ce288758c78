package io.hanse.identity;

import java.util.concurrent.CompletableFuture;

/** Where a process gets its certificates: the authority itself, or a server that asks it. */
@FunctionalInterface
public interface LeafSigner {
  /**
   * What an authority answers.
   *
   * @param certPem the leaf and what leads from it to the root
   * @param index the public index of the signing; 0 if not known
   */
  record Signed(String certPem, long index) {}

  CompletableFuture<Signed> sign(String csrPem);
}
