package io.hanse.cli.program;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
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
  private final IntConsumer end;
  private final AtomicBoolean isHeard = new AtomicBoolean();

  /**
   * @param leave empty while there is nothing to leave yet
   * @param end of the process, with its exit code: 0 once it has left or had nothing to leave, else
   *     1, as of a Consul
   */
  LeaveAtSignal(
      Supplier<Optional<CompletableFuture<Void>>> leave, Duration patience, IntConsumer end) {
    this.leave = leave;
    this.patience = patience;
    this.end = end;
  }

  void heard() {
    if (isHeard.compareAndSet(false, true)) {
      end.accept(leave.get().map(this::await).orElse(true) ? 0 : 1);
    } else {
      LOG.warn("told to end again: this agent does not wait until it has left");
      end.accept(1);
    }
  }

  private boolean await(CompletableFuture<Void> leaving) {
    try {
      leaving.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      LOG.warn("this agent ends without having left");
    } catch (TimeoutException e) {
      LOG.warn("this agent ends without having left after seconds={}", patience.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }
}
