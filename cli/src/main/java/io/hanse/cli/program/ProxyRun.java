package io.hanse.cli.program;

import io.hanse.gateway.MeshProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * One gateway or sidecar from what its agent is told first to its end. It may be told to stop at
 * any moment of that: what has begun by then is undone.
 */
final class ProxyRun {
  /** How a proxy starts. */
  interface Start {
    MeshProxy start() throws IOException;
  }

  /** For the word that it leaves to get to those who call. */
  private static final Duration LEAVE_MAX = Duration.ofSeconds(5);

  /**
   * Longer than it listens after the word that it leaves: the answer to that, the time until it is
   * quiet, and what it takes to close. A check that has found it to listen for so long has found
   * another one, also where this one was killed amid of it and nobody could say so.
   */
  static final int LISTENS_SECONDS_MAX = 15;

  private final Optional<Presence> presence;
  private Optional<MeshProxy> proxy = Optional.empty();
  private boolean isOver;

  /**
   * Not started yet.
   *
   * @param presence what the agent is told; empty if others do that
   */
  ProxyRun(Optional<Presence> presence) {
    this.presence = presence;
  }

  /**
   * Starts it, unless it was told to stop before.
   *
   * @param begun run once the agent knows of it
   */
  void start(Runnable begun, Start start) throws IOException {
    requireGoing();
    // Without the lock: whoever has it stop is not to wait for the agent, or for who reads output.
    presence.ifPresent(Presence::begin);
    begun.run();
    synchronized (this) {
      requireGoing();
      MeshProxy started = start.start();
      proxy = Optional.of(started);
      presence.ifPresent(own -> started.ready().thenRun(own::settle));
    }
  }

  private synchronized void requireGoing() throws IOException {
    if (isOver) {
      throw new IOException("told to stop before it started");
    }
  }

  /** Waits for its end, which comes by itself only where it can't listen. */
  void await() throws IOException {
    MeshProxy running;
    synchronized (this) {
      running = proxy.orElseThrow();
    }
    try {
      running.failed().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  /**
   * In order: leads callers to others first, if it ever listened; else takes back what it began.
   */
  synchronized void stop() throws InterruptedException {
    if (isOver) {
      return;
    }
    isOver = true;
    boolean listens = proxy.filter(MeshProxy::isReady).isPresent();
    if (listens) {
      leadAway(proxy.get());
    } else {
      presence.ifPresent(Presence::takeBack);
    }
    if (proxy.isPresent()) {
      proxy.get().stop();
    }
  }

  private void leadAway(MeshProxy listening) throws InterruptedException {
    if (presence.isPresent()) {
      if (presence.get().leave()) {
        listening.awaitQuiet(LEAVE_MAX);
      }
      listening.stopListening();
      presence.get().left();
    }
  }

  /** It can't run. */
  synchronized void abandon() {
    if (!isOver) {
      isOver = true;
      presence.ifPresent(Presence::takeBack);
      proxy.ifPresent(MeshProxy::close);
    }
  }
}
