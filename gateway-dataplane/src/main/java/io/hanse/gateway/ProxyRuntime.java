package io.hanse.gateway;

import io.hanse.fsm.view.HostPort;
import io.hanse.gateway.admin.AdminServer;
import io.hanse.gateway.feed.FirstContact;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.feed.RouteFeed;
import io.hanse.gateway.relay.Front;
import io.hanse.gateway.relay.RelayLoops;
import io.hanse.gateway.relay.Transport;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.ThreadLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gateway and a sidecar have in common: loops, feed, listeners, and how they stop. */
final class ProxyRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyRuntime.class);
  private static final long RETRY_MILLIS = 1_000;
  private static final long QUIET_MILLIS = 1_000;
  private static final long POLL_MILLIS = 20;

  private final ProxySettings settings;
  private final RelayLoops relays;
  private final ThreadLoops threads = new ThreadLoops("feed", 1);
  private final Loop loop = threads.newLoop();
  private final ExecutorService blocking =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "first-contact");
            thread.setDaemon(true);
            return thread;
          });
  private final RouteFeed feed;
  private final Map<String, RelayLoops.Listener> listeners = new ConcurrentSkipListMap<>();

  /** Where each listener was asked to listen; the port may be one that the system chose. */
  private final Map<String, InetSocketAddress> asked = new TreeMap<>();

  private final Map<String, InetSocketAddress> failing = new TreeMap<>();
  private final boolean triesOnAtStart;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> failed = new CompletableFuture<>();
  private volatile Optional<ProxySnapshot> latest = Optional.empty();
  private volatile boolean leaving;
  private Optional<Long> stopSince = Optional.empty();
  private volatile boolean stopping;
  private boolean retrying;
  private Optional<AdminServer> admin = Optional.empty();

  /**
   * Not started yet.
   *
   * @param listener takes snapshots on the feed's loop
   */
  ProxyRuntime(
      ProxySettings settings, String kind, FirstContact contact, Consumer<ProxySnapshot> listener) {
    this.settings = settings;
    // Of a sidecar, the one before it may still let connections end, or its application may.
    this.triesOnAtStart = !kind.equals(ProxyResources.MESH_GATEWAY);
    this.relays = new RelayLoops(Transport.best(), settings.threads(), settings.limits());
    this.feed =
        new RouteFeed(
            loop,
            blocking,
            new RouteFeed.Identity(settings.proxyId(), kind, settings.token()),
            contact,
            snapshot -> {
              latest = Optional.of(snapshot);
              listener.accept(snapshot);
            });
  }

  void start(ProxyReport report) throws IOException {
    if (settings.adminBind().isPresent()) {
      admin = Optional.of(AdminServer.start(settings.adminBind().get(), report));
    }
    LOG.info(
        "proxy starting id={} relay=channel transport={} connections_max={}",
        settings.proxyId(),
        relays.transport(),
        settings.limits().connections().max());
    feed.start();
  }

  ProxySettings settings() {
    return settings;
  }

  RelayLoops relays() {
    return relays;
  }

  RouteFeed feed() {
    return feed;
  }

  Loop loop() {
    return loop;
  }

  Optional<ProxySnapshot> latest() {
    return latest;
  }

  Map<String, RelayLoops.Listener> listeners() {
    return listeners;
  }

  Optional<InetSocketAddress> adminAddress() {
    return admin.map(AdminServer::address);
  }

  boolean isReady() {
    return ready.isDone() && !leaving && !stopping;
  }

  CompletableFuture<Void> ready() {
    return ready.copy();
  }

  CompletableFuture<Void> failed() {
    return failed.copy();
  }

  /**
   * Listens at an address, and no longer at another that this name had before; connections go on.
   * Answers whether it does now. On the loop.
   */
  boolean listen(String name, InetSocketAddress address, boolean readsAtOnce, Front front) {
    InetSocketAddress before = asked.get(name);
    if (stopping || address.equals(before)) {
      return true;
    }
    try {
      if (before != null && before.getPort() == address.getPort()) {
        // The one may contain the other, and then only one of them can be had.
        requireOwn(address);
        unlisten(name);
      }
      RelayLoops.Listener listener = relays.listen(name, address, readsAtOnce, front);
      unlisten(name);
      listeners.put(name, listener);
      asked.put(name, address);
      failing.remove(name);
      LOG.info("listening name={} address={}", name, listener.address());
      return true;
    } catch (IOException e) {
      if (!address.equals(failing.put(name, address))) {
        cannotListen(name, address, e);
      }
      return false;
    }
  }

  private void cannotListen(String name, InetSocketAddress address, IOException e) {
    if (triesOnAtStart || ready.isDone()) {
      LOG.error(
          "cannot listen, trying on name={} address={} cause={}",
          name,
          address,
          String.valueOf(e.getCause()));
    } else {
      failed.completeExceptionally(
          new IOException(
              "can't listen on "
                  + HostPort.joined(address.getHostString(), address.getPort())
                  + ", where \""
                  + settings.proxyId()
                  + "\" is registered: "
                  + reason(e)
                  + "; end what listens there, or register another address"));
    }
  }

  /** Without what Netty puts before the system's own words. */
  private static String reason(IOException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return text.substring(text.lastIndexOf(": ") < 0 ? 0 : text.lastIndexOf(": ") + 2);
  }

  /** Before what serves is given up for an address that this machine does not have. */
  private static void requireOwn(InetSocketAddress address) throws IOException {
    try {
      OwnAddress.require(address);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address, e);
    }
  }

  /** Closes what is not wanted any more, or stands where another name is to listen. On the loop. */
  void letGo(Map<String, InetSocketAddress> wanted) {
    for (Map.Entry<String, InetSocketAddress> each : Map.copyOf(asked).entrySet()) {
      InetSocketAddress next = wanted.get(each.getKey());
      boolean isInTheWay = !each.getValue().equals(next) && wanted.containsValue(each.getValue());
      if (next == null || isInTheWay) {
        unlisten(each.getKey());
      }
    }
  }

  /** Accepts no more under this name; connections go on. On the loop. */
  void unlisten(String name) {
    asked.remove(name);
    RelayLoops.Listener listener = listeners.remove(name);
    if (listener != null) {
      listener.close();
      LOG.info("no longer listening name={} address={}", name, listener.address());
    }
  }

  /** Once all listeners are open; or asks for another try. On the loop. */
  void readyIf(boolean allListening, Runnable again) {
    if (allListening) {
      if (ready.complete(null)) {
        LOG.info("ready id={}", settings.proxyId());
      }
    } else if (!retrying) {
      retrying = true;
      loop.after(
          RETRY_MILLIS,
          () -> {
            retrying = false;
            again.run();
          });
    }
  }

  /** Is not ready any more, and waits until nobody has called for a while. */
  void awaitQuiet(Duration patience) throws InterruptedException {
    leaving = true;
    long start = System.nanoTime();
    stopSince = Optional.of(start);
    long last = start;
    long seen = relays.metrics().calls();
    long now = start;
    while (now - last < TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS)
        && now - start < patience.toNanos()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      now = System.nanoTime();
      if (relays.metrics().calls() != seen) {
        seen = relays.metrics().calls();
        last = now;
      }
    }
    LOG.info("left for others millis={}", TimeUnit.NANOSECONDS.toMillis(now - start));
  }

  /** Accepts no more; connections go on. */
  void stopListening() {
    stopping = true;
    CompletableFuture<Void> closed = new CompletableFuture<>();
    loop.execute(
        () -> {
          listeners.values().forEach(RelayLoops.Listener::close);
          closed.complete(null);
        });
    closed.completeOnTimeout(null, RETRY_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  /**
   * Accepts no more, lets connections end, and is gone. Answers how many had to be cut. They had
   * the time, too, in which it left.
   */
  int stop() throws InterruptedException {
    stopListening();
    Duration patience =
        settings.drain().minusNanos(stopSince.map(since -> System.nanoTime() - since).orElse(0L));
    LOG.info("draining open={} patience_ms={}", relays.openCount(), patience.toMillis());
    int cut = relays.drain(patience);
    LOG.info("drained cut={}", cut);
    close();
    return cut;
  }

  @Override
  public void close() {
    stopping = true;
    listeners.values().forEach(RelayLoops.Listener::close);
    feed.close();
    relays.close();
    admin.ifPresent(AdminServer::close);
    blocking.shutdownNow();
    threads.close();
  }
}
