package io.hanse.peering.replication;

import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.SecretFollower;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Another cluster that does not follow secrets by others, as a Consul. */
final class NoFollower implements SecretFollower {
  @Override
  public CompletableFuture<String> follow(
      LinkTarget target, String peerId, String current, Duration patience) {
    return CompletableFuture.failedFuture(
        new LinkException(
            LinkStatus.Code.PERMISSION_DENIED, "invalid peering establishment secret"));
  }

  @Override
  public CompletableFuture<Void> confirm(
      LinkTarget target, String peerId, String stored, Duration patience) {
    return follow(target, peerId, stored, patience).thenApply(secret -> null);
  }
}
