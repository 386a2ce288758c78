package io.hanse.cli.agent;

import io.hanse.fsm.port.Membership;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an agent out of its cluster, and says when it may stop. What is registered with it leaves
 * the catalog, as the leader takes a server that is gone out of there; so it must not be told again
 * by this agent meanwhile.
 */
final class Departure {
  private static final Logger LOG = LoggerFactory.getLogger(Departure.class);

  /** For the answer to reach the one who asked, before all connections are closed. */
  private static final long ANSWER_MILLIS = 200;

  private final Membership membership;
  private final AntiEntropy entropy;
  private final ScheduledExecutorService timer;
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  /** Under way, or done: then there is nothing to leave any more. */
  private @Nullable CompletableFuture<Void> current;

  Departure(Membership membership, AntiEntropy entropy, ScheduledExecutorService timer) {
    this.membership = membership;
    this.entropy = entropy;
    this.timer = timer;
  }

  /** Done when the agent has left, and is to be stopped. */
  CompletableFuture<Void> left() {
    return left;
  }

  /**
   * Leaves; where that fails all is as before. Whoever asks meanwhile has part in it: of two at
   * once, the one that failed would undo what the other needs.
   */
  synchronized CompletableFuture<Void> run() {
    if (current == null) {
      CompletableFuture<Void> quiet = entropy.hold();
      CompletableFuture<Void> departure = new CompletableFuture<>();
      current = departure;
      quiet
          .thenCompose(held -> membership.leave())
          .whenComplete((done, failure) -> ended(departure, failure));
      return departure.copy();
    }
    return current.copy();
  }

  /** The others turn out to have let this server go, though the leave had failed. */
  void foundGone() {
    entropy.hold();
    stop();
  }

  private void stop() {
    LOG.info("the cluster was left, this agent stops");
    left.complete(null);
  }

  private void ended(CompletableFuture<Void> departure, @Nullable Throwable failure) {
    if (failure == null) {
      timer.schedule(this::stop, ANSWER_MILLIS, TimeUnit.MILLISECONDS);
      departure.complete(null);
      return;
    }
    LOG.warn("the cluster was not left cause=\"{}\"", Problems.reason(failure));
    entropy.goOn();
    synchronized (this) {
      current = null;
    }
    departure.completeExceptionally(failure);
  }
}
