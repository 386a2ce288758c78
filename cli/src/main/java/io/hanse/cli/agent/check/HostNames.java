package io.hanse.cli.agent.check;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Finds the addresses of what is checked. The system's look-up blocks a thread for as long as name
 * servers are silent: checks of one name share one, and wait no longer than they would for a
 * connection.
 */
final class HostNames {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final Executor workers;
  private final Map<String, CompletableFuture<InetAddress>> underWay = new ConcurrentHashMap<>();

  /** The workers may be blocked. */
  HostNames(Executor workers) {
    this.workers = workers;
  }

  /** Fails with an {@link UnknownHostException}, or with another one where there was no time. */
  CompletableFuture<InetAddress> find(String host, Duration patience) {
    if (ADDRESS.matcher(host).matches()) {
      try {
        return CompletableFuture.completedFuture(InetAddress.getByName(host));
      } catch (UnknownHostException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    if (host.equalsIgnoreCase("localhost")) {
      // Most checks are of services beside the agent: no name server has a say in them.
      return CompletableFuture.completedFuture(InetAddress.getLoopbackAddress());
    }
    CompletableFuture<InetAddress> fresh = new CompletableFuture<>();
    CompletableFuture<InetAddress> before = underWay.putIfAbsent(host, fresh);
    if (before != null) {
      return before.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
    fresh.whenComplete((address, failure) -> underWay.remove(host, fresh));
    try {
      workers.execute(() -> lookUp(host, fresh));
    } catch (RuntimeException | Error e) {
      // An error, too, as where no thread can be begun: all checks of the name would wait for it.
      fresh.completeExceptionally(e);
    }
    return fresh.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void lookUp(String host, CompletableFuture<InetAddress> result) {
    try {
      result.complete(InetAddress.getByName(host));
    } catch (UnknownHostException | RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  /** What went wrong, in words. */
  static String cause(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
