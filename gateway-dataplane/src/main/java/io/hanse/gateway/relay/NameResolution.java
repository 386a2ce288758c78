package io.hanse.gateway.relay;

import io.hanse.fsm.port.IdleThreads;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Looks up host names away from the event loops: the system's resolver blocks. Each peer has a
 * share of the threads for its names, so that those that nobody answers for hold up no other
 * cluster's; this cluster has threads of its own, which no peer's names take, as they are of many
 * services. Gateways are found by IPv4 only where they have both, as Consul's are.
 */
final class NameResolution implements AutoCloseable {
  /** Whom names are asked of. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] lookUp(String host) throws UnknownHostException;
  }

  /** That a name was not even looked up: it says nothing of whom it names. */
  static final class TooManyNames extends UnknownHostException {
    private static final long serialVersionUID = 1;

    TooManyNames(String host) {
      super("too many names are being looked up, not " + host);
    }
  }

  private static final int THREADS = 32;
  private static final int THREADS_PER_PEER = 2;
  private static final int WAITING_PER_PEER_MAX = 64;
  private static final int OWN_THREADS = 8;
  private static final int OWN_WAITING_MAX = 256;

  /** The names of one cluster that are being looked up, or wait for it. */
  private static final class Share {
    final Map<String, CompletableFuture<InetAddress>> asked = new LinkedHashMap<>();
    final Deque<String> waiting = new ArrayDeque<>();
    final boolean isOwn;
    int running;

    Share(String cluster) {
      isOwn = cluster.isEmpty();
    }
  }

  private final Resolver resolver;
  private final Map<String, Share> shares = new LinkedHashMap<>();

  /** What is queued is bounded by the shares. */
  private final ExecutorService ofPeers = threads(THREADS);

  private final ExecutorService own = threads(OWN_THREADS);

  NameResolution(Resolver resolver) {
    this.resolver = resolver;
  }

  private static ExecutorService threads(int max) {
    ThreadPoolExecutor threads = IdleThreads.of("names", max);
    threads.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    return threads;
  }

  /**
   * Asks for a name once, however many want it.
   *
   * @param cluster whose name it is; "" for this one
   * @return what is completed by another thread, with an {@link UnknownHostException} where there
   *     is no answer, with {@link TooManyNames} where the cluster asks for too much
   */
  synchronized CompletableFuture<InetAddress> lookUp(String cluster, String host) {
    Share share = shares.computeIfAbsent(cluster, Share::new);
    CompletableFuture<InetAddress> known = share.asked.get(host);
    if (known != null) {
      return known;
    }
    if (share.waiting.size() >= (share.isOwn ? OWN_WAITING_MAX : WAITING_PER_PEER_MAX)) {
      return CompletableFuture.failedFuture(new TooManyNames(host));
    }
    CompletableFuture<InetAddress> asked = new CompletableFuture<>();
    share.asked.put(host, asked);
    share.waiting.add(host);
    startNext(cluster, share);
    return asked;
  }

  private void startNext(String cluster, Share share) {
    int threadsMax = share.isOwn ? OWN_THREADS : THREADS_PER_PEER;
    ExecutorService threads = share.isOwn ? own : ofPeers;
    while (share.running < threadsMax && !share.waiting.isEmpty()) {
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
    ofPeers.shutdownNow();
    own.shutdownNow();
  }
}
