package io.hanse.cli.demo;

import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Requests and writes that go on while things break, and what became of them. */
final class Load implements AutoCloseable {
  private static final String PREFIX = "demo/";
  private static final int PAUSE_MILLIS = 20;
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(3);
  private static final long STOP_MILLIS_MAX = 10_000;

  private final Stage stage;
  private final Gap requests = new Gap(System::nanoTime);
  private final Gap writes = new Gap(System::nanoTime);
  private final AtomicInteger failedRequests = new AtomicInteger();
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final List<Thread> threads;
  private volatile boolean stopping;

  Load(Stage stage) {
    this.stage = stage;
    threads = List.of(new Thread(this::request, "requests"), new Thread(this::write, "writes"));
    threads.forEach(thread -> thread.setDaemon(true));
    threads.forEach(Thread::start);
  }

  private void request() {
    while (!stopping) {
      try {
        stage.request();
        requests.succeeded();
      } catch (IOException e) {
        failedRequests.incrementAndGet();
      }
      Scene.pause(PAUSE_MILLIS);
    }
    requests.end();
  }

  /** A write that fails here is tried at the next server under a key of its own. */
  private void write() {
    List<DemoServer> servers = stage.alpha.servers();
    for (int number = 0; !stopping; number++) {
      String key = PREFIX + number;
      String value = "value-" + number;
      try {
        boolean written =
            servers
                .get(number % servers.size())
                .api()
                .withTimeout(WRITE_TIMEOUT)
                .send(Request.put("/v1/kv/" + key).with(value.getBytes(StandardCharsets.UTF_8)))
                .orFail()
                .isTrue();
        if (written) {
          acknowledged.put(key, value);
          writes.succeeded();
        }
      } catch (ApiException e) {
        // Not acknowledged: it may or may not be there.
      } finally {
        Scene.pause(PAUSE_MILLIS);
      }
    }
    writes.end();
  }

  int writesSoFar() {
    return acknowledged.size();
  }

  int requestsSoFar() {
    return requests.count();
  }

  int failedRequests() {
    return failedRequests.get();
  }

  Gap requests() {
    return requests;
  }

  Gap writes() {
    return writes;
  }

  /** The acknowledged writes that a server does not have. */
  Map<String, String> missingAt(DemoServer server, boolean stale) {
    Request request = Request.get("/v1/kv/" + PREFIX).with("recurse", "");
    Map<String, String> missing = new TreeMap<>(acknowledged);
    for (Value pair :
        server
            .api()
            .send(request.with(stale ? "stale" : "consistent", ""))
            .orFail()
            .json()
            .items()) {
      String value =
          new String(Base64.getDecoder().decode(pair.at("Value").text()), StandardCharsets.UTF_8);
      missing.remove(pair.at("Key").text(), value);
    }
    return missing;
  }

  @Override
  public void close() {
    finish();
  }

  /** Ends both, so that all they did can be judged. */
  void finish() {
    stopping = true;
    for (Thread thread : threads) {
      try {
        thread.join(STOP_MILLIS_MAX);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The longest time between two successes. */
  static final class Gap {
    private final LongSupplier nanoTime;
    private long last;
    private long longest;
    private int count;

    Gap(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
    }

    synchronized void succeeded() {
      long now = nanoTime.getAsLong();
      if (count++ > 0) {
        longest = Math.max(longest, now - last);
      }
      last = now;
    }

    /** What ends without a success counts, too. */
    synchronized void end() {
      if (count > 0) {
        longest = Math.max(longest, nanoTime.getAsLong() - last);
      }
    }

    synchronized int count() {
      return count;
    }

    synchronized long longestMillis() {
      return TimeUnit.NANOSECONDS.toMillis(longest);
    }
  }
}
