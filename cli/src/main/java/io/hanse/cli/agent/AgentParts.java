package io.hanse.cli.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Parts in the order in which they began. They end in the reverse of it, each in its time: what one
 * uses is there until it has ended.
 */
final class AgentParts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentParts.class);

  /** Much longer than any part waits for others by itself. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A part was told to end and has not: what it uses must not be taken from it. */
  static final class GoesOnException extends Exception {
    private static final long serialVersionUID = 1;

    GoesOnException(String message) {
      super(message);
    }
  }

  private record Part(String name, AutoCloseable part) {}

  private final Duration patience;
  private final Deque<Part> begun = new ArrayDeque<>();

  AgentParts(Duration patience) {
    this.patience = patience;
  }

  <T extends AutoCloseable> T begin(String name, T part) {
    begun.push(new Part(name, part));
    return part;
  }

  /** Ends it before all that have begun by now: they work for it, and it not for them. */
  void endFirst(AutoCloseable part) {
    Part first = begun.stream().filter(each -> each.part() == part).findFirst().orElseThrow();
    begun.remove(first);
    begun.push(first);
  }

  /** In the order in which they will end. */
  List<String> names() {
    return begun.stream().map(Part::name).toList();
  }

  /** A part that fails to end well does not keep the others; one that goes on does. */
  @Override
  public void close() throws GoesOnException {
    boolean isInterrupted = Thread.interrupted();
    try {
      while (!begun.isEmpty()) {
        end(begun.pop());
      }
    } finally {
      begun.clear();
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end(Part part) throws GoesOnException {
    FutureTask<Void> end =
        new FutureTask<>(
            () -> {
              part.part().close();
              return null;
            });
    Thread thread = new Thread(end, "agent-end");
    thread.setDaemon(true);
    thread.start();
    try {
      end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GoesOnException) {
        throw left(part, String.valueOf(e.getCause().getMessage()));
      }
      LOG.warn("part of the agent not closed part={} cause=\"{}\"", part.name(), e.getCause());
    } catch (TimeoutException e) {
      throw left(part, "not over after " + patience.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw left(part, "interrupted");
    }
  }

  private GoesOnException left(Part part, String cause) {
    return new GoesOnException(
        part.name() + " goes on (" + cause + "), so that these are left as they are: " + names());
  }
}
