package io.hanse.cli.agent.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens a connection and closes it again. No thread waits for it. */
final class TcpProbe implements Probe {
  private final String address;
  private final Duration timeout;
  private final HostNames names;

  TcpProbe(String address, Duration timeout, HostNames names) {
    this.address = address;
    this.timeout = timeout;
    this.names = names;
  }

  @Override
  public CompletableFuture<Verdict> run() {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(colon, 0)).replaceAll("^\\[|]$", "");
    int port;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
      if (port < 0 || port > 0xffff) {
        throw new IllegalArgumentException("port out of range:" + port);
      }
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(failed(String.valueOf(e.getMessage())));
    }
    return names
        .find(host, timeout)
        .thenCompose(found -> connect(found, port))
        .handle(
            (nothing, failure) ->
                failure == null
                    ? Verdict.passing("TCP connect " + address + ": Success")
                    : verdict(failure));
  }

  private CompletableFuture<Void> connect(InetAddress to, int port) {
    CompletableFuture<Void> connected = new CompletableFuture<>();
    AsynchronousSocketChannel channel;
    try {
      channel = AsynchronousSocketChannel.open();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    // Told of its end in any case: a connection that comes late is closed, too.
    connected.whenComplete((nothing, failure) -> close(channel));
    try {
      channel.connect(new InetSocketAddress(to, port), connected, new Completion());
    } catch (RuntimeException e) {
      connected.completeExceptionally(e);
    }
    return connected.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void close(AsynchronousSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was sent that could be lost.
    }
  }

  private Verdict verdict(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof RejectedExecutionException) {
      return Verdict.critical("not tried: too many checks are running on this agent");
    }
    if (cause instanceof TimeoutException) {
      return failed("Connect timed out");
    }
    if (cause instanceof UnknownHostException) {
      return failed("no such host: " + HostNames.cause(cause));
    }
    return failed(HostNames.cause(cause));
  }

  private Verdict failed(String why) {
    return Verdict.critical("dial tcp " + address + ": " + why);
  }

  private static final class Completion
      implements CompletionHandler<Void, CompletableFuture<Void>> {
    @Override
    public void completed(Void nothing, CompletableFuture<Void> connected) {
      connected.complete(null);
    }

    @Override
    public void failed(Throwable failure, CompletableFuture<Void> connected) {
      connected.completeExceptionally(failure);
    }
  }
}
