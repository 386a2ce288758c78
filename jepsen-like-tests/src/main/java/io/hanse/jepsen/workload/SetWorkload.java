package io.hanse.jepsen.workload;

import io.hanse.jepsen.check.SetCheck;
import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.SetHistory;
import io.hanse.jepsen.history.SetHistory.Addition;
import io.hanse.jepsen.history.SetHistory.Look;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that put keys below a prefix, each once, and list the prefix. */
public final class SetWorkload implements Workload {
  /** Of one set: lists stay short, however long the run. */
  private static final int ELEMENTS = 400;

  private static final int LOOK_EVERY = 20;
  private static final long PAUSE_NANOS = Duration.ofMillis(40).toNanos();

  private final Site site;
  private final SetHistory history = new SetHistory();
  private final AtomicInteger next = new AtomicInteger();
  private final Clients clients;
  private volatile boolean sawAll;

  public SetWorkload(Site site, int each, long seed) {
    this.site = site;
    clients = new Clients(site, each, seed, PAUSE_NANOS, () -> this::step);
  }

  @Override
  public String name() {
    return "sets";
  }

  private void step(Api api, SplittableRandom random) throws InterruptedException {
    int number = next.getAndIncrement();
    if (random.nextInt(LOOK_EVERY) == 0) {
      look(api, number / ELEMENTS);
      return;
    }
    int set = number / ELEMENTS;
    String element = key(set) + number;
    long call = System.nanoTime();
    Api.Answer answer = api.put("/v1/kv/" + element, "x");
    long now = System.nanoTime();
    switch (answer.outcome()) {
      case ANSWERED -> {
        if (answer.isOk()) {
          history.add(new Addition(set, element, call, now));
        }
      }
      case UNKNOWN -> history.add(new Addition(set, element, call, Operation.UNKNOWN));
      case NOT_DONE -> {}
    }
  }

  /** Answers whether there was an answer. A look at one set says nothing of the others. */
  private boolean look(Api api, int set) throws InterruptedException {
    long call = System.nanoTime();
    Api.Answer answer = api.get("/v1/kv/" + key(set) + "?keys&consistent");
    if (answer.outcome() != Api.Outcome.ANSWERED) {
      return false;
    }
    Set<String> elements = new HashSet<>(answer.status() == 404 ? List.of() : answer.strings());
    history.add(new Look(set, elements, call, System.nanoTime()));
    return true;
  }

  private static String key(int set) {
    return "set-" + set + "/";
  }

  @Override
  public void close() {
    clients.close();
    try {
      boolean all = true;
      for (int set = 0; set <= next.get() / ELEMENTS; set++) {
        all &= look(site.api(set % site.servers().size()), set);
      }
      sawAll = all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Verdict verdict() {
    long acknowledged = history.additions().stream().filter(Addition::isAcknowledged).count();
    return new Verdict(
        "%d elements acknowledged, %d of unknown outcome, %d looks"
            .formatted(
                acknowledged, history.additions().size() - acknowledged, history.looks().size()),
        SetCheck.check(history),
        !sawAll || acknowledged == 0);
  }
}
