package io.hanse.cli.agent;

import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.Leadership;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader sees to: once, as the certificate authority and entries of the configuration,
 * tried again while this server leads and it fails; or from time to time. Every task may be done
 * twice.
 */
final class LeaderTasks {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderTasks.class);
  private static final long RETRY_MILLIS = 500;

  private final Leadership leadership;
  private final ScheduledExecutorService timer;

  LeaderTasks(Leadership leadership, ScheduledExecutorService timer) {
    this.leadership = leadership;
    this.timer = timer;
  }

  void onLeading(String name, Supplier<CompletableFuture<?>> task) {
    leadership.onChange(
        standing -> {
          if (standing.self()) {
            timer.execute(() -> run(name, task, standing.term(), 1));
          }
        });
  }

  /** A task to be done from time to time; it begins when the one before has ended. */
  void whileLeading(String name, Duration interval, Supplier<CompletableFuture<?>> task) {
    timer.schedule(() -> repeat(name, interval, task), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void repeat(String name, Duration interval, Supplier<CompletableFuture<?>> task) {
    CompletableFuture<?> result =
        leadership.standing().self()
            ? Attempt.of(task::get)
            : CompletableFuture.completedFuture(null);
    result.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            LOG.debug("task of the leader failed task={}", name, failure);
          }
          whileLeading(name, interval, task);
        });
  }

  private void run(String name, Supplier<CompletableFuture<?>> task, long term, int attempt) {
    Leadership.Standing standing = leadership.standing();
    if (!standing.self() || standing.term() != term) {
      return;
    }
    Attempt.of(task::get)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                return;
              }
              if (attempt == 1) {
                LOG.warn(
                    "task of the leader failed task={} cause=\"{}\"",
                    name,
                    Problems.reason(failure));
              }
              timer.schedule(
                  () -> run(name, task, term, attempt + 1), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            });
  }
}
