package io.hanse.cli.agent.check;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Opens a connection and closes it again. */
final class TcpProbe implements Probe {
  private final String address;
  private final Duration timeout;
  private final Executor workers;

  /** The workers may be blocked. */
  TcpProbe(String address, Duration timeout, Executor workers) {
    this.address = address;
    this.timeout = timeout;
    this.workers = workers;
  }

  @Override
  public CompletableFuture<Verdict> run() {
    try {
      return CompletableFuture.supplyAsync(this::connect, workers);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(
          Verdict.critical("not tried: too many checks are running on this agent"));
    }
  }

  private Verdict connect() {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      String host = address.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
      int port = Integer.parseInt(address.substring(colon + 1));
      socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      return Verdict.passing("TCP connect " + address + ": Success");
    } catch (IOException | IllegalArgumentException e) {
      return Verdict.critical("dial tcp " + address + ": " + e.getMessage());
    }
  }
}
