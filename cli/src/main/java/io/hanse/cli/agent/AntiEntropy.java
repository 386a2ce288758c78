package io.hanse.cli.agent;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.store.View;
import io.hanse.peering.replication.Loop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the catalog's picture of this node into line with the agent's: at once after a change, by
 * what the catalog was told last, and about every minute by what it really says. One pass at a
 * time, on the agent's thread; a failed one is tried again, at once where a leader is there again.
 */
final class AntiEntropy {
  private static final Logger LOG = LoggerFactory.getLogger(AntiEntropy.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long FULL_MILLIS = 60_000;
  private static final long RETRY_MILLIS_MIN = 250;
  private static final long RETRY_MILLIS_MAX = 15_000;

  /** So many at the start, a quarter of a minute or more, are no news. */
  private static final int EARLY_FAILURES = 6;

  private final AgentIdentity identity;
  private final Loop thread;
  private final StateReader reader;
  private final CommandSubmitter submitter;
  private final Supplier<LocalRegistry> registry;

  /** All below is the thread's. */
  private CatalogPicture told = CatalogPicture.NOTHING;

  private boolean started;
  private boolean running;
  private boolean dirty;

  /** The next pass goes by what the catalog says. */
  private boolean full = true;

  /** Of the only timer: when all is looked at next, after a success or a failure. */
  private Runnable cancelNext = () -> {};

  private boolean closed;
  private @Nullable CompletableFuture<Void> held;
  private int failures;

  /** The same, since there was a leader. */
  private int failuresInPace;

  /** Until the first pass there may be no leader, or none who knows this server yet. */
  private boolean wasTold;

  AntiEntropy(
      AgentIdentity identity,
      Loop thread,
      StateReader reader,
      CommandSubmitter submitter,
      Supplier<LocalRegistry> registry) {
    this.identity = identity;
    this.thread = thread;
    this.reader = reader;
    this.submitter = submitter;
    this.registry = registry;
  }

  /** Until then nothing is told: there is nobody to tell. */
  void start() {
    thread.execute(
        () -> {
          started = true;
          pass();
        });
  }

  /** Something is registered, gone, or of another health. On the agent's thread. */
  void changed() {
    dirty = true;
    if (started && !running && failures == 0) {
      pass();
    }
  }

  /** Tells nothing any more; done when nothing is on its way either. */
  CompletableFuture<Void> hold() {
    CompletableFuture<Void> quiet = new CompletableFuture<>();
    thread.execute(
        () -> {
          held = quiet;
          if (!running) {
            quiet.complete(null);
          }
        });
    return quiet;
  }

  /** Tells again, of all that it has. */
  void goOn() {
    thread.execute(
        () -> {
          held = null;
          wholePass();
        });
  }

  /** There is a leader, or another one: what failed may succeed now. */
  void leaderIsKnown() {
    thread.execute(
        () -> {
          failuresInPace = 0;
          if (failures > 0) {
            wholePass();
          }
        });
  }

  void close() {
    thread.execute(
        () -> {
          closed = true;
          cancelNext.run();
        });
  }

  private void pass() {
    if (running || closed || held != null || !started) {
      return;
    }
    running = true;
    dirty = false;
    boolean whole = full;
    full = false;
    CompletableFuture<Void> compared =
        whole
            ? reader
                .fresh(StateReader.Level.DEFAULT, PATIENCE)
                .thenAcceptAsync(freshness -> look(), thread::execute)
            : CompletableFuture.completedFuture(null);
    compared
        .thenComposeAsync(nothing -> tell(whole), thread::execute)
        .whenCompleteAsync((nothing, failure) -> done(whole, failure), thread::execute);
  }

  private void look() {
    try (View view = reader.view()) {
      told = CatalogPicture.of(view, identity.nodeName());
    }
  }

  private CompletableFuture<Void> tell(boolean whole) {
    LocalRegistry now = registry.get();
    CatalogPicture wanted = CatalogPicture.of(identity, now);
    List<Command> commands = told.commandsTowards(wanted, whole);
    CompletableFuture<?>[] answers =
        commands.stream().map(submitter::submit).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(answers).thenRunAsync(() -> told = wanted, thread::execute);
  }

  private void done(boolean whole, Throwable failure) {
    running = false;
    if (held != null) {
      held.complete(null);
      return;
    }
    if (failure == null) {
      failures = 0;
      failuresInPace = 0;
      wasTold = true;
      if (whole) {
        nextIn(FULL_MILLIS + ThreadLocalRandom.current().nextLong(FULL_MILLIS / 4));
      }
      if (dirty || full) {
        pass();
      }
      return;
    }
    failures++;
    failuresInPace++;
    full = true;
    boolean isNews = failures == (wasTold ? 1 : EARLY_FAILURES) || failures % 20 == 0;
    if (isNews) {
      LOG.warn(
          "catalog not updated node={} failures={} cause=\"{}\"",
          identity.nodeName(),
          failures,
          cause(failure));
    } else {
      LOG.debug("catalog not updated yet failures={} cause=\"{}\"", failures, cause(failure));
    }
    nextIn(Math.min(RETRY_MILLIS_MAX, RETRY_MILLIS_MIN << Math.min(failuresInPace, 6)));
  }

  /** Due while a pass runs, it follows on that. */
  private void wholePass() {
    full = true;
    pass();
  }

  private void nextIn(long millis) {
    cancelNext.run();
    if (!closed) {
      cancelNext = thread.after(millis, this::wholePass);
    }
  }

  private static String cause(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof ProblemException problem
        ? problem.code() + ": " + problem.getMessage()
        : cause.toString();
  }
}
