package io.hanse.jepsen.workload;

import io.hanse.jepsen.check.WatchCheck;
import io.hanse.jepsen.history.WatchHistory;
import io.hanse.jepsen.history.WatchHistory.Sight;
import io.hanse.jepsen.history.WatchHistory.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One writer of a key, and a watcher at each server that asks again and again from the index it was
 * given.
 */
public final class WatchWorkload implements Workload {
  private static final String KEY = "watched";
  private static final long WRITE_NANOS = Duration.ofMillis(80).toNanos();
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();
  private static final long LAST_NANOS = Duration.ofSeconds(10).toNanos();

  /** Answers before their time with nothing new: some are allowed, a loop of them is not. */
  private static final int IDLE_MAX = 200;

  private final Site site;
  private final WatchHistory history = new WatchHistory();
  private final AtomicInteger values = new AtomicInteger();
  private final AtomicInteger idle = new AtomicInteger();
  private final AtomicInteger watchers = new AtomicInteger();
  private final Clients writer;
  private final List<Watcher> all = new ArrayList<>();
  private final Clients watching;
  private volatile @Nullable Sight last;

  public WatchWorkload(Site site, long seed) {
    this.site = site;
    Site one = new Site(site.servers().subList(0, 1), site.http(), site.pulse(), site.rest());
    writer = new Clients(one, 1, seed, WRITE_NANOS, () -> this::write);
    watching =
        new Clients(
            site,
            1,
            seed,
            0,
            () -> {
              Watcher watcher = new Watcher("watcher-" + watchers.incrementAndGet());
              all.add(watcher);
              return watcher;
            });
  }

  @Override
  public String name() {
    return "watches";
  }

  private void write(Api api, SplittableRandom random) throws InterruptedException {
    String value = "w" + values.getAndIncrement();
    Api.Answer answer = api.put("/v1/kv/" + KEY, value);
    if (answer.isOk()) {
      history.add(new Write(value));
    }
  }

  /** Lets every watcher see what was written last before it ends. */
  @Override
  public void close() {
    writer.close();
    try {
      long end = System.nanoTime() + LAST_NANOS;
      while (last == null && System.nanoTime() < end) {
        Api.Answer answer = site.api(0).get("/v1/kv/" + KEY + "?consistent");
        if (answer.isOk()) {
          last = sight("the end", answer);
        }
      }
      Sight state = last;
      while (state != null
          && System.nanoTime() < end
          && !all.stream().allMatch(watcher -> watcher.modifyIndex >= state.modifyIndex())) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watching.close();
  }

  @Override
  public Verdict verdict() {
    Sight state = last;
    List<String> faults = new ArrayList<>();
    if (state != null) {
      faults.addAll(WatchCheck.check(history, state));
    }
    if (idle.get() > IDLE_MAX) {
      faults.add(idle + " answers before their time had nothing new");
    }
    return new Verdict(
        "%d writes, %d sights of %d watchers"
            .formatted(history.writes().size(), history.sights().size(), all.size()),
        faults,
        state == null || history.writes().isEmpty() || history.sights().isEmpty());
  }

  private static Sight sight(String watcher, Api.Answer answer) {
    return new Sight(watcher, answer.text(), answer.number("ModifyIndex"), answer.index());
  }

  private final class Watcher implements Clients.Client {
    private final String name;
    private long index;
    private volatile long modifyIndex;

    Watcher(String name) {
      this.name = name;
    }

    @Override
    public void step(Api api, SplittableRandom random) throws InterruptedException {
      long began = System.nanoTime();
      Api.Answer answer =
          api.get(
              "/v1/kv/" + KEY + "?index=" + index + "&wait=" + WAIT.toSeconds() + "s", PATIENCE);
      if (answer.outcome() != Api.Outcome.ANSWERED) {
        return;
      }
      if (answer.index() == index && System.nanoTime() - began < WAIT.toNanos()) {
        idle.incrementAndGet();
      }
      if (answer.isOk()) {
        Sight sight = sight(name, answer);
        history.add(sight);
        modifyIndex = sight.modifyIndex();
      }
      index = answer.index();
    }
  }
}
