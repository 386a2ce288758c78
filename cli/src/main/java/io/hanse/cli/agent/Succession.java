package io.hanse.cli.agent;

import io.hanse.fsm.port.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a leader that is to stop wait until another server leads, while all is served here still: who
 * is led, or dials, then finds the next leader at once. A Consul that dials a cluster without one,
 * and a closed port beside, may sleep for a minute. Waits only as long as the others can have a
 * leader, and not for long.
 */
final class Succession implements AutoCloseable {
  /** With what else there is to stop, less than the ten seconds that some give a container. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  /** Longer than an attempt to hand over takes. */
  private static final Duration AGAIN = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

  /** The servers beside this one. */
  @FunctionalInterface
  interface Others {
    /** Whether they have a majority with this one's vote; never fails. */
    CompletableFuture<Boolean> areEnough();
  }

  private final Leadership leadership;
  private final Others others;
  private final Runnable resign;
  private final Duration patience;

  /**
   * Of a server that goes on until it is closed.
   *
   * @param resign hands leadership over if it can, and waits for a moment
   */
  Succession(Leadership leadership, Others others, Runnable resign, Duration patience) {
    this.leadership = leadership;
    this.others = others;
    this.resign = resign;
    this.patience = patience;
  }

  /** Returns when another server leads, or there is no use in waiting for that. */
  @Override
  public void close() {
    if (!leadership.standing().self()) {
      return;
    }
    CompletableFuture<String> next = new CompletableFuture<>();
    leadership.onChange(standing -> another(standing).ifPresent(next::complete));
    try {
      await(next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      LOG.warn("the next leader was not awaited cause={}", String.valueOf(e.getCause()));
    }
  }

  private Optional<String> another(Leadership.Standing standing) {
    return standing.leader().filter(leader -> !leader.equals(leadership.self()));
  }

  private void await(CompletableFuture<String> next)
      throws InterruptedException, ExecutionException {
    long begunNanos = System.nanoTime();
    long resignedNanos = begunNanos - AGAIN.toNanos();
    while (System.nanoTime() - begunNanos < patience.toNanos()) {
      CompletableFuture<Boolean> enough = others.areEnough();
      if (leadership.standing().self() && System.nanoTime() - resignedNanos >= AGAIN.toNanos()) {
        resignedNanos = System.nanoTime();
        resign.run();
      }
      CompletableFuture.anyOf(next, enough).get();
      if (!next.isDone() && !enough.get()) {
        LOG.info("no other server can lead: too few answer, this one stops all the same");
        return;
      }
      try {
        LOG.info(
            "another server leads, this one stops leader={} waited_ms={}",
            next.get(PAUSE.toMillis(), TimeUnit.MILLISECONDS),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos));
        return;
      } catch (TimeoutException e) {
        LOG.debug("nobody else leads yet");
      }
    }
    LOG.warn("no other server leads after {} s, this one stops all the same", patience.toSeconds());
  }
}
