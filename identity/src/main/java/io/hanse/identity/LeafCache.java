package io.hanse.identity;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leafs that a process uses, one per identity: got on first use with a fresh key, replaced
 * before they expire and when another root becomes active, dropped when nobody asked for long.
 * Private keys are made here and stay here.
 */
public final class LeafCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeafCache.class);

  /** More services than one agent ever has. */
  private static final int ENTRIES_MAX = 4096;

  private static final Duration UNUSED_MAX = Duration.ofDays(3);
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);

  /** Spreads what all processes do at once after a change of roots. */
  private static final Duration SPREAD = Duration.ofSeconds(30);

  /** All of one identity. Guarded by the cache. */
  private static final class Entry {
    final SpiffeId id;
    final List<Consumer<Leaf>> listeners = new ArrayList<>();
    @Nullable Leaf leaf;
    @Nullable CompletableFuture<Leaf> pending;
    @Nullable ScheduledFuture<?> timer;
    Instant lastUsed;
    int failures;

    Entry(SpiffeId id, Instant now) {
      this.id = id;
      this.lastUsed = now;
    }
  }

  private final LeafSigner signer;
  private final InstantSource clock;
  private final ScheduledExecutorService executor;
  private final int entriesMax;
  private final Map<String, Entry> entries = new TreeMap<>();
  private String signingKeyId = "";
  private boolean closed;

  public LeafCache(LeafSigner signer, InstantSource clock, ScheduledExecutorService executor) {
    this(signer, clock, executor, ENTRIES_MAX);
  }

  LeafCache(
      LeafSigner signer, InstantSource clock, ScheduledExecutorService executor, int entriesMax) {
    this.entriesMax = entriesMax;
    this.signer = signer;
    this.clock = clock;
    this.executor = executor;
  }

  /** The leaf of an identity of this cluster's trust domain, signed now if there is none yet. */
  public synchronized CompletableFuture<Leaf> leaf(SpiffeId id) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.SHUTTING_DOWN, "the process is shutting down"));
    }
    Entry entry = entries.get(id.uri());
    if (entry == null) {
      if (entries.size() >= entriesMax && !makeRoom()) {
        return CompletableFuture.failedFuture(
            new ProblemException(
                ProblemCode.OVERLOADED,
                "this agent holds " + entriesMax + " certificates already"));
      }
      entry = new Entry(id, clock.instant());
      entries.put(id.uri(), entry);
    }
    entry.lastUsed = clock.instant();
    Leaf present = entry.leaf;
    if (present != null && clock.instant().isBefore(present.validBefore())) {
      return CompletableFuture.completedFuture(present);
    }
    return request(entry).copy();
  }

  /** Drops the leaf that was asked for longest ago; false if all are in use. */
  private boolean makeRoom() {
    Optional<Entry> idle =
        entries.values().stream()
            .filter(entry -> entry.listeners.isEmpty() && entry.pending == null)
            .min(Comparator.comparing(entry -> entry.lastUsed));
    idle.ifPresent(this::drop);
    return idle.isPresent();
  }

  private void drop(Entry entry) {
    ScheduledFuture<?> timer = entry.timer;
    if (timer != null) {
      timer.cancel(false);
    }
    entries.remove(entry.id.uri());
  }

  /** The leaf of an identity, if there is one already. */
  public synchronized Optional<Leaf> present(SpiffeId id) {
    Entry entry = entries.get(id.uri());
    if (entry == null) {
      return Optional.empty();
    }
    entry.lastUsed = clock.instant();
    return Optional.ofNullable(entry.leaf);
  }

  /**
   * Calls the listener, on the executor, with every leaf of an identity that was asked for which is
   * signed from now on.
   *
   * @return what ends it
   */
  public synchronized Runnable watch(SpiffeId id, Consumer<Leaf> listener) {
    Entry entry = entries.get(id.uri());
    if (entry == null) {
      return () -> {};
    }
    entry.listeners.add(listener);
    return () -> {
      synchronized (this) {
        entry.listeners.remove(listener);
      }
    };
  }

  /** Tells which key signs now: {@code SigningKeyID} of the active root. */
  public synchronized void activeKey(String keyId) {
    if (keyId.equals(signingKeyId)) {
      return;
    }
    boolean first = signingKeyId.isEmpty();
    signingKeyId = keyId;
    if (!first) {
      for (Entry entry : entries.values()) {
        if (entry.leaf != null) {
          schedule(entry, random(SPREAD));
        }
      }
    }
  }

  private static Duration random(Duration max) {
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(max.toMillis()));
  }

  private CompletableFuture<Leaf> request(Entry entry) {
    CompletableFuture<Leaf> running = entry.pending;
    if (running != null) {
      return running;
    }
    // Whoever waits hears of it when it is kept: who asks then gets the same.
    CompletableFuture<Leaf> result =
        CompletableFuture.supplyAsync(Keys::p256, executor)
            .thenCompose(keys -> sign(entry.id, keys))
            .whenCompleteAsync((leaf, failure) -> done(entry, leaf, failure), executor);
    entry.pending = result;
    return result;
  }

  private CompletableFuture<Leaf> sign(SpiffeId id, KeyPair keys) {
    return signer
        .sign(SigningRequest.create(keys, id, List.of()))
        .thenApplyAsync(signed -> Leaf.of(id, keys, signed.certPem(), signed.index()), executor);
  }

  private void done(Entry entry, @Nullable Leaf leaf, @Nullable Throwable failure) {
    List<Consumer<Leaf>> listeners;
    synchronized (this) {
      entry.pending = null;
      if (closed) {
        return;
      }
      if (leaf == null) {
        failed(entry, failure);
        return;
      }
      entry.failures = 0;
      entry.leaf = leaf;
      Instant renewal = Renewal.pick(leaf, ThreadLocalRandom.current());
      schedule(entry, Duration.between(clock.instant(), renewal));
      listeners = List.copyOf(entry.listeners);
    }
    listeners.forEach(listener -> listener.accept(leaf));
  }

  private void failed(Entry entry, @Nullable Throwable failure) {
    if (entry.leaf == null) {
      // Whoever asked was told; the next one asks anew.
      if (entry.listeners.isEmpty()) {
        entries.remove(entry.id.uri());
      }
      return;
    }
    entry.failures++;
    if (entry.failures == 1) {
      log.warn("leaf not renewed, trying on id={} cause={}", entry.id, String.valueOf(failure));
    }
    schedule(entry, PAUSE_MIN.plus(random(SPREAD)));
  }

  private void schedule(Entry entry, Duration pause) {
    ScheduledFuture<?> before = entry.timer;
    if (before != null) {
      before.cancel(false);
    }
    entry.timer =
        executor.schedule(
            () -> renew(entry),
            Math.max(PAUSE_MIN.toMillis(), pause.toMillis()),
            TimeUnit.MILLISECONDS);
  }

  private synchronized void renew(Entry entry) {
    if (closed) {
      return;
    }
    boolean unused = entry.lastUsed.plus(UNUSED_MAX).isBefore(clock.instant());
    if (unused && entry.listeners.isEmpty()) {
      drop(entry);
    } else {
      request(entry);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Entry entry : entries.values()) {
      ScheduledFuture<?> timer = entry.timer;
      if (timer != null) {
        timer.cancel(false);
      }
    }
    entries.clear();
  }
}
