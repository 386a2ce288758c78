package io.hanse.jepsen.workload;

import io.hanse.jepsen.check.LinearizabilityChecker;
import io.hanse.jepsen.history.History;
import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.Operation.Kind;
import io.hanse.jepsen.workload.Registers.Outcome;
import io.hanse.jepsen.workload.Registers.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Clients that read, write and compare-and-set registers. Every value is written at most once: with
 * few values a stale read hides behind a later write of the same one.
 */
public final class RegisterWorkload implements Workload {
  private static final int OPERATIONS_PER_KEY = 150;
  private static final long PAUSE_NANOS = Duration.ofMillis(40).toNanos();
  private static final Duration BUDGET_PER_KEY = Duration.ofSeconds(20);

  private final Registers registers;
  private final String name;
  private final History history = new History();
  private final AtomicInteger nextValue = new AtomicInteger();
  private final AtomicInteger issued = new AtomicInteger();
  private final Clients clients;

  private RegisterWorkload(Registers registers, Site site, int each, long seed) {
    this.registers = registers;
    name = registers.name().toLowerCase(Locale.ROOT);
    clients = new Clients(site, each, seed, PAUSE_NANOS, Client::new);
  }

  /** Registers that are one key each, with so many clients at each server. */
  public static RegisterWorkload ofKeys(Site site, int each, long seed) {
    return new RegisterWorkload(Registers.KEY, site, each, seed);
  }

  /** Registers that are two keys each, used by transactions only. */
  public static RegisterWorkload ofPairs(Site site, int each, long seed) {
    return new RegisterWorkload(Registers.PAIR, site, each, seed);
  }

  @Override
  public String name() {
    return name + " registers";
  }

  @Override
  public void close() {
    clients.close();
  }

  @Override
  public Verdict verdict() {
    LinearizabilityChecker.Verdict verdict =
        new LinearizabilityChecker(BUDGET_PER_KEY.toNanos()).check(history.byKey());
    boolean isVoid = !verdict.undecided().isEmpty();
    for (Kind kind : List.of(Kind.READ, Kind.WRITE, Kind.CAS)) {
      isVoid |= history.count(kind) == 0;
    }
    List<String> faults = new ArrayList<>();
    verdict.violations().forEach((key, story) -> faults.add(key + ": " + story));
    return new Verdict(
        "%d operations, %d of unknown outcome".formatted(history.size(), history.unknown()),
        faults,
        isVoid);
  }

  private final class Client implements Clients.Client {
    private int process = history.newProcess();

    @Override
    public void step(Api api, SplittableRandom random) throws InterruptedException {
      String key = name + "-" + issued.getAndIncrement() / OPERATIONS_PER_KEY;
      switch (random.nextInt(4)) {
        case 0, 1 -> read(api, key);
        case 2 -> write(api, key);
        default -> compareAndSet(api, key);
      }
    }

    private @Nullable Version read(Api api, String key) throws InterruptedException {
      long call = System.nanoTime();
      Version version = registers.read(api, key).orElse(null);
      if (version != null) {
        add(key, Kind.READ, null, version.value(), call, System.nanoTime());
      }
      return version;
    }

    private void write(Api api, String key) throws InterruptedException {
      String value = "v" + nextValue.getAndIncrement();
      long call = System.nanoTime();
      note(key, Kind.WRITE, null, value, call, registers.write(api, key, value));
    }

    private void compareAndSet(Api api, String key) throws InterruptedException {
      Version version = read(api, key);
      if (version == null) {
        return;
      }
      String value = "v" + nextValue.getAndIncrement();
      long call = System.nanoTime();
      Outcome outcome = registers.compareAndSet(api, key, version.index(), value);
      note(key, Kind.CAS, version.value(), value, call, outcome);
    }

    /** A client that does not know what it did goes on as another. */
    private void note(
        String key,
        Kind kind,
        @Nullable String expected,
        String value,
        long call,
        Outcome outcome) {
      long now = System.nanoTime();
      switch (outcome) {
        case DONE -> add(key, kind, expected, value, call, now);
        case REFUSED -> add(key, Kind.CAS_REFUSED, expected, null, call, now);
        case UNKNOWN -> {
          add(key, kind, expected, value, call, Operation.UNKNOWN);
          process = history.newProcess();
        }
        case NOT_DONE -> {}
      }
    }

    private void add(
        String key,
        Kind kind,
        @Nullable String expected,
        @Nullable String value,
        long call,
        long end) {
      history.add(new Operation(process, key, kind, expected, value, call, end));
    }
  }
}
