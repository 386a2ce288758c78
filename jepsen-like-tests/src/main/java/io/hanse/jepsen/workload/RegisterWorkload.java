package io.hanse.jepsen.workload;

import io.hanse.jepsen.history.History;
import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.Operation.Kind;
import io.hanse.jepsen.workload.KvClient.Outcome;
import io.hanse.jepsen.workload.KvClient.Version;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that read, write and compare-and-set registers of the key-value store, each through its
 * own server, until told to stop. Every value is written at most once: with few values a stale read
 * hides behind a later write of the same one.
 */
public final class RegisterWorkload implements AutoCloseable {
  private static final int OPERATIONS_PER_KEY = 150;
  private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

  private final History history = new History();
  private final AtomicInteger nextValue = new AtomicInteger();
  private final AtomicInteger issued = new AtomicInteger();
  private final List<Thread> clients = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private volatile boolean stopped;

  /** Starts so many clients on each address, with choices drawn from the seed. */
  public RegisterWorkload(List<URI> servers, int clientsEach, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (URI server : servers) {
      for (int i = 0; i < clientsEach; i++) {
        SplittableRandom own = random.split();
        Thread client = new Thread(() -> run(new KvClient(http, server), own), "client");
        clients.add(client);
      }
    }
    clients.forEach(Thread::start);
  }

  public History history() {
    return history;
  }

  /** Ends all clients after what each is doing. */
  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread client : clients) {
        client.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(KvClient client, SplittableRandom random) {
    int process = history.newProcess();
    try {
      while (!stopped) {
        String key = "register-" + issued.getAndIncrement() / OPERATIONS_PER_KEY;
        boolean known =
            switch (random.nextInt(4)) {
              case 0, 1 -> read(client, process, key);
              case 2 -> write(client, process, key);
              default -> compareAndSet(client, process, key);
            };
        if (!known) {
          process = history.newProcess();
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean read(KvClient client, int process, String key) throws InterruptedException {
    long call = System.nanoTime();
    client
        .read(key)
        .ifPresent(
            version ->
                add(process, key, Kind.READ, null, version.value(), call, System.nanoTime()));
    return true;
  }

  private boolean write(KvClient client, int process, String key) throws InterruptedException {
    String value = "v" + nextValue.getAndIncrement();
    long call = System.nanoTime();
    Outcome outcome = client.write(key, value);
    return note(process, key, Kind.WRITE, null, value, call, outcome);
  }

  private boolean compareAndSet(KvClient client, int process, String key)
      throws InterruptedException {
    long readCall = System.nanoTime();
    Version version = client.read(key).orElse(null);
    if (version == null) {
      return true;
    }
    add(process, key, Kind.READ, null, version.value(), readCall, System.nanoTime());
    String value = "v" + nextValue.getAndIncrement();
    long call = System.nanoTime();
    Outcome outcome = client.compareAndSet(key, version.index(), value);
    return note(process, key, Kind.CAS, version.value(), value, call, outcome);
  }

  /** Answers whether the outcome is known. */
  private boolean note(
      int process,
      String key,
      Kind kind,
      @Nullable String expected,
      String value,
      long call,
      Outcome outcome) {
    long now = System.nanoTime();
    switch (outcome) {
      case DONE -> add(process, key, kind, expected, value, call, now);
      case REFUSED -> add(process, key, Kind.CAS_REFUSED, expected, null, call, now);
      case UNKNOWN -> add(process, key, kind, expected, value, call, Operation.UNKNOWN);
      case NOT_DONE -> {}
    }
    return outcome != Outcome.UNKNOWN;
  }

  private void add(
      int process,
      String key,
      Kind kind,
      @Nullable String expected,
      @Nullable String value,
      long call,
      long end) {
    history.add(new Operation(process, key, kind, expected, value, call, end));
  }
}
