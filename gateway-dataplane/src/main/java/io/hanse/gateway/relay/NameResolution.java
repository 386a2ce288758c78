package io.hanse.gateway.relay;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up host names away from the event loops: the system's resolver blocks. Each cluster has a
 * share of the threads for its names, so that those that nobody answers for hold up no other
 * cluster's. Gateways are found by IPv4 only where they have both, as Consul's are.
 */
final class NameResolution implements AutoCloseable {
  /** Whom names are asked of. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] lookUp(String host) throws UnknownHostException;
  }

  private static final int THREADS = 32;
  private static final int THREADS_PER_CLUSTER = 2;
  private static final int WAITING_PER_CLUSTER_MAX = 64;
  private static final long IDLE_SECONDS = 30;

  /** The names of one cluster that are being looked up, or wait for it. */
  private static final class Share {
    final Map<String, CompletableFuture<InetAddress>> asked = new LinkedHashMap<>();
    final Deque<String> waiting = new ArrayDeque<>();
    int running;
  }

  private final Resolver resolver;
  private final Map<String, Share> shares = new LinkedHashMap<>();

  /** What is queued is bounded by the shares. */
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "names");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.DiscardPolicy());

  NameResolution(Resolver resolver) {
    this.resolver = resolver;
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Asks for a name once, however many want it.
   *
   * @param cluster whose name it is
   * @return what is completed by another thread, with an {@link UnknownHostException} where there
   *     is no answer or the cluster asks for too much
   */
  synchronized CompletableFuture<InetAddress> lookUp(String cluster, String host) {
    Share share = shares.computeIfAbsent(cluster, each -> new Share());
    CompletableFuture<InetAddress> known = share.asked.get(host);
    if (known != null) {
      return known;
    }
    if (share.waiting.size() >= WAITING_PER_CLUSTER_MAX) {
      return CompletableFuture.failedFuture(
          new UnknownHostException("too many names are being looked up, not " + host));
    }
    CompletableFuture<InetAddress> asked = new CompletableFuture<>();
    share.asked.put(host, asked);
    share.waiting.add(host);
    startNext(cluster, share);
    return asked;
  }

  private void startNext(String cluster, Share share) {
    while (share.running < THREADS_PER_CLUSTER && !share.waiting.isEmpty()) {
      String host = share.waiting.remove();
      share.running++;
      threads.execute(() -> ask(cluster, share, host));
    }
    if (share.running == 0) {
      shares.remove(cluster);
    }
  }

  private void ask(String cluster, Share share, String host) {
    try {
      InetAddress found = preferred(resolver.lookUp(host));
      answered(cluster, share, host).complete(found);
    } catch (UnknownHostException | RuntimeException | Error e) {
      // An error, too: what is not given back is taken from the share for good.
      answered(cluster, share, host).completeExceptionally(e);
    }
  }

  /** Makes room for the next; who asked hears of it after that. */
  private synchronized CompletableFuture<InetAddress> answered(
      String cluster, Share share, String host) {
    share.running--;
    CompletableFuture<InetAddress> asked = share.asked.remove(host);
    startNext(cluster, share);
    if (asked == null) {
      throw new IllegalStateException("nobody asked for " + host);
    }
    return asked;
  }

  private static InetAddress preferred(InetAddress[] found) {
    for (InetAddress address : found) {
      if (address instanceof Inet4Address) {
        return address;
      }
    }
    return found[0];
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
