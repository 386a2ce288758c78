package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells an agent one thing after the other, and has nobody wait for it for long. */
final class AgentTeller {
  private static final Logger LOG = LoggerFactory.getLogger(AgentTeller.class);

  /** An agent that does not answer must not take the time of connections that are to end. */
  static final long WAIT_SECONDS_MAX = 3;

  private final Supplier<String> service;

  /** Fair: what was begun first is told first, also where that takes its time. */
  private final Lock turn = new ReentrantLock(true);

  /**
   * For one proxy.
   *
   * @param service the id of its service, for the log
   */
  AgentTeller(Supplier<String> service) {
    this.service = service;
  }

  /** What the agent has by an id; empty where it knows none. */
  static Optional<Value> registered(ApiClient api, String id) {
    Response found = api.get("/v1/agent/service/" + Request.segment(id));
    return found.isNotFound() ? Optional.empty() : Optional.of(found.orFail().json());
  }

  /** Answers what comes of it; false also if that takes too long, or the agent refuses. */
  boolean tell(BooleanSupplier what) {
    Optional<Boolean> told =
        begin("tell", what)
            .thenApply(Optional::of)
            .completeOnTimeout(Optional.empty(), WAIT_SECONDS_MAX, TimeUnit.SECONDS)
            .join();
    if (told.isEmpty()) {
      LOG.warn(
          "the agent does not answer, going on without it service={} seconds={}",
          service.get(),
          WAIT_SECONDS_MAX);
    }
    return told.orElse(false);
  }

  /** Waits for nothing. */
  CompletableFuture<Boolean> begin(String name, BooleanSupplier what) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    Thread thread = new Thread(() -> told.complete(isTold(what)), name);
    thread.setDaemon(true);
    thread.start();
    return told;
  }

  private boolean isTold(BooleanSupplier what) {
    turn.lock();
    try {
      return what.getAsBoolean();
    } catch (ApiException e) {
      LOG.warn(
          "cannot tell the agent, its check runs on service={} cause={}",
          service.get(),
          e.getMessage());
      return false;
    } finally {
      turn.unlock();
    }
  }
}
