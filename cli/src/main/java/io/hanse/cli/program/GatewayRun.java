package io.hanse.cli.program;

import io.hanse.gateway.GatewayServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * One gateway from its registration, if it makes one, to its end. It may be told to stop at any
 * moment of that: what has begun by then is undone.
 */
final class GatewayRun {
  /** How a gateway starts. */
  interface Start {
    GatewayServer start() throws IOException;
  }

  /** For the word that it leaves to get to those who call. */
  private static final Duration LEAVE_MAX = Duration.ofSeconds(5);

  private Optional<GatewayRegistration> registration = Optional.empty();
  private Optional<GatewayServer> server = Optional.empty();
  private boolean isOver;

  /** Starts it, unless it was told to stop before. */
  synchronized void start(Optional<Supplier<GatewayRegistration>> registering, Start start)
      throws IOException {
    if (isOver) {
      throw new IOException("told to stop before it started");
    }
    registration = registering.map(Supplier::get);
    GatewayServer started = start.start();
    server = Optional.of(started);
    registration.ifPresent(own -> started.ready().thenRun(own::settle));
  }

  /** Waits for its end, which comes by itself only where it can't listen. */
  void await() throws IOException {
    GatewayServer running;
    synchronized (this) {
      running = server.orElseThrow();
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
    boolean listens = server.filter(GatewayServer::isReady).isPresent();
    if (!listens) {
      registration.ifPresent(GatewayRegistration::takeBack);
    } else if (registration.filter(GatewayRegistration::leave).isPresent()) {
      server.get().awaitQuiet(LEAVE_MAX);
      server.get().stopListening();
      registration.get().left();
    }
    if (server.isPresent()) {
      server.get().stop();
    }
  }

  /** It can't run. */
  synchronized void abandon() {
    if (!isOver) {
      isOver = true;
      registration.ifPresent(GatewayRegistration::takeBack);
      server.ifPresent(GatewayServer::close);
    }
  }
}
