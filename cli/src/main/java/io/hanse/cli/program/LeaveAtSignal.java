package io.hanse.cli.program;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an agent out of its cluster at a signal before it ends. It ends also where that fails or
 * takes too long, and at once when the signal comes again: who manages processes kills it soon.
 */
final class LeaveAtSignal {
  private static final Logger LOG = LoggerFactory.getLogger(LeaveAtSignal.class);

  /** As long as a Consul tries. */
  static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Supplier<Optional<CompletableFuture<Void>>> leave;
  private final Duration patience;
  private final Runnable end;
  private final AtomicBoolean isHeard = new AtomicBoolean();

  /**
   * @param leave empty while there is nothing to leave yet
   * @param end of the process
   */
  LeaveAtSignal(
      Supplier<Optional<CompletableFuture<Void>>> leave, Duration patience, Runnable end) {
    this.leave = leave;
    this.patience = patience;
    this.end = end;
  }

  void heard() {
    if (isHeard.compareAndSet(false, true)) {
      leave.get().ifPresent(this::await);
    } else {
      LOG.warn("told to end again: this agent does not wait until it has left");
    }
    end.run();
  }

  private void await(CompletableFuture<Void> leaving) {
    try {
      leaving.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      LOG.warn("this agent ends without having left");
    } catch (TimeoutException e) {
      LOG.warn("this agent ends without having left after seconds={}", patience.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
