package io.hanse.jepsen.workload;

import io.hanse.jepsen.check.ExportCheck;
import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Sight;
import io.hanse.jepsen.history.ExportHistory.Silence;
import io.hanse.jepsen.history.ExportHistory.Write;
import io.hanse.jepsen.history.Operation;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Clients that change services of a cluster, most of them exported and some not, and clients of the
 * cluster that imports them, which look.
 */
public final class ExportWorkload implements Workload {
  /** What the exporting cluster calls the other one, and the other way round. */
  private static final String IMPORTER = "importer";

  private static final String EXPORTER = "exporter";

  /** Names in use at a time, of each writer. */
  private static final int NAMES_EACH = 4;

  /** A name whose last write has an unknown outcome is given up for a new one. */
  private static final int NAMES_MAX = 600;

  private static final String EXPORTED = "exported-";
  private static final String HIDDEN = "hidden-";
  private static final int HIDDEN_NAMES = 3;
  private static final int GONE_EVERY = 8;
  private static final int HIDDEN_EVERY = 10;
  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long POLL_NANOS = Duration.ofMillis(100).toNanos();

  /** Who compare the clusters: one after the other, some hundred names take seconds. */
  private static final int ASKERS = 4;

  private static final Duration SETUP = Duration.ofSeconds(90);

  /** A silent peer's services are withdrawn after so long. */
  private static final Duration STALE_AFTER = Duration.ofSeconds(45);

  /**
   * So old at most: the peer was heard up to {@link #STALE_AFTER} after the change, and then what
   * it has was not compared or not stored yet.
   */
  public static final Duration STALE_MAX = STALE_AFTER.plusSeconds(30);

  /** A new leader of the importer waits 5 s for the exporter; to withdraw takes a moment more. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** From this on it may be taken for that: what a leader heard is noted now and then only. */
  private static final Duration STALE_MIN = STALE_AFTER.multipliedBy(5).dividedBy(6);

  private final Site exporter;
  private final Site importer;
  private final ExportHistory history = new ExportHistory();
  private final AtomicInteger nextName = new AtomicInteger();
  private final AtomicLong nextNumber = new AtomicLong(1);
  private final ConcurrentHashMap<String, Boolean> names = new ConcurrentHashMap<>();
  private final Exposer exposer =
      new Exposer(
          history,
          IntStream.range(0, NAMES_MAX).mapToObj(i -> EXPORTED + i).toList(),
          IMPORTER,
          STALE_MAX.plusSeconds(15),
          this::mayBeHidden);
  private final List<Clients> clients = new ArrayList<>();
  private final List<String> late = new ArrayList<>();
  private volatile boolean isResting;

  private long slowestMillis;
  private int convergences;

  /** Joins the clusters by a peering and starts the clients. */
  public ExportWorkload(Site exporter, Site importer, long seed) throws InterruptedException {
    this.exporter = exporter;
    this.importer = importer;
    join();
    clients.add(new Clients(exporter, 1, seed, PAUSE_NANOS, Writer::new));
    Site one = new Site(exporter.servers().subList(0, 1), exporter.http(), exporter.pulse(), 1);
    clients.add(new Clients(one, 1, seed + 2, PAUSE_NANOS, () -> exposer));
    clients.add(new Clients(importer, 1, seed + 1, PAUSE_NANOS, () -> this::look));
  }

  private void join() throws InterruptedException {
    long end = System.nanoTime() + SETUP.toNanos();
    putEntry(exporter, end, exposer.entry(""));
    putEntry(
        importer,
        end,
        "{\"Kind\":\"peering\",\"Name\":\"%s\",\"StaleAfter\":\"%ds\",\"OnStale\":\"withdraw\"}"
            .formatted(EXPORTER, STALE_AFTER.toSeconds()));
    String token =
        answered(
                () ->
                    exporter
                        .api(0)
                        .post("/v1/peering/token", "{\"PeerName\":\"" + IMPORTER + "\"}"),
                end)
            .values("PeeringToken")
            .get(0);
    String establish = "{\"PeerName\":\"%s\",\"PeeringToken\":\"%s\"}".formatted(EXPORTER, token);
    answered(
        () -> {
          // Whose answer was lost may have used up the token.
          Api.Answer seen = peering();
          return isActive(seen) ? seen : importer.api(0).post("/v1/peering/establish", establish);
        },
        end);
    while (!isActive(peering())) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the peering is not active after " + SETUP.toSeconds());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static void putEntry(Site site, long end, String entry) throws InterruptedException {
    answered(() -> site.api(0).put("/v1/config", entry), end);
  }

  /** A request that may be repeated: servers that have just started are slow to answer. */
  private static Api.Answer answered(Request request, long end) throws InterruptedException {
    while (true) {
      Api.Answer answer = request.send();
      if (answer.isOk()) {
        return answer;
      }
      if (answer.outcome() == Api.Outcome.ANSWERED || System.nanoTime() > end) {
        throw new IllegalStateException(
            "not set up: %s %d %s".formatted(answer.outcome(), answer.status(), answer.body()));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Something that is asked of a server. */
  private interface Request {
    Api.Answer send() throws InterruptedException;
  }

  private Api.Answer peering() throws InterruptedException {
    return importer.api(0).get("/v1/peering/" + EXPORTER);
  }

  private static boolean isActive(Api.Answer answer) {
    return answer.isOk() && answer.values("State").contains("ACTIVE");
  }

  @Override
  public String name() {
    return "exports";
  }

  /** Those that are there, unless all are compared. */
  private List<String> mayBeHidden() {
    return isResting ? List.of() : List.copyOf(names.keySet());
  }

  private static boolean isExported(String service) {
    return service.startsWith(EXPORTED);
  }

  /** Of some names, which nobody else writes. */
  private final class Writer implements Clients.Client {
    private final List<String> own = new ArrayList<>();

    @Override
    public void step(Api api, SplittableRandom random) throws InterruptedException {
      if (isResting) {
        return;
      }
      while (own.size() < NAMES_EACH && nextName.get() < NAMES_MAX) {
        String fresh = EXPORTED + nextName.getAndIncrement();
        names.put(fresh, true);
        own.add(fresh);
      }
      if (random.nextInt(HIDDEN_EVERY) == 0 || own.isEmpty()) {
        write(api, HIDDEN + random.nextInt(HIDDEN_NAMES), false);
        return;
      }
      String service = own.get(random.nextInt(own.size()));
      if (!write(api, service, random.nextInt(GONE_EVERY) == 0)) {
        own.remove(service);
      }
    }

    /** Answers whether the outcome is known. */
    private boolean write(Api api, String service, boolean isGone) throws InterruptedException {
      long number = nextNumber.getAndIncrement();
      long call = System.nanoTime();
      Api.Answer answer =
          isGone
              ? api.put(
                  "/v1/catalog/deregister",
                  "{\"Node\":\"node-%s\",\"ServiceID\":\"%s\"}".formatted(service, service))
              : api.put("/v1/catalog/register", registration(service, number));
      long now = System.nanoTime();
      boolean isKnown = answer.outcome() != Api.Outcome.UNKNOWN;
      if (answer.isOk() || !isKnown) {
        history.add(new Write(service, number, isGone, call, isKnown ? now : Operation.UNKNOWN));
      }
      return isKnown;
    }
  }

  private static String registration(String service, long number) {
    return """
        {"Node": "node-%1$s", "Address": "10.0.0.1",
         "Service": {"ID": "%1$s", "Service": "%1$s", "Port": 80, "Meta": {"number": "%2$d"}},
         "Check": {"CheckID": "check-%1$s", "Name": "alive", "ServiceID": "%1$s", "Status": "%3$s"}}
        """
        .formatted(service, number, ExportHistory.isHealthy(number) ? "passing" : "critical");
  }

  private void look(Api api, SplittableRandom random) throws InterruptedException {
    List<String> known = List.copyOf(names.keySet());
    boolean isHidden = known.isEmpty() || random.nextInt(HIDDEN_EVERY) == 0;
    String service =
        isHidden ? HIDDEN + random.nextInt(HIDDEN_NAMES) : known.get(random.nextInt(known.size()));
    long call = System.nanoTime();
    Api.Answer answer = api.get("/v1/health/service/" + service + "?peer=" + EXPORTER);
    if (answer.isOk()) {
      boolean isHealthy = !answer.values("Status").contains("critical");
      history.add(new Sight(service, number(answer), isHealthy, call, System.nanoTime()));
    }
  }

  private static long number(Api.Answer answer) {
    List<String> numbers = answer.values("number");
    return numbers.isEmpty() ? ExportHistory.NONE : Long.parseLong(numbers.get(0));
  }

  /**
   * Something was wrong with a cluster, or with the link between them, and both are well again:
   * where that took long, what is exported may have been withdrawn.
   */
  public void wasHurt(long fromNanos, long wellNanos) {
    long withdrawn = fromNanos + STALE_MIN.toNanos();
    if (withdrawn < wellNanos) {
      history.add(new Silence(withdrawn, wellNanos));
    }
  }

  /**
   * Lets writers rest and waits until each server of the importing cluster shows what the exporting
   * one has.
   *
   * @return whether that came in time
   */
  public boolean converge(Duration patience) throws InterruptedException {
    return converge(patience, Set.of()).isPresent();
  }

  /**
   * Lets writers rest and waits until both clusters show the same.
   *
   * @param away servers that are not asked
   * @return after how long that was; empty: not in time
   */
  public Optional<Duration> converge(Duration patience, Set<URI> away) throws InterruptedException {
    isResting = true;
    long began = System.nanoTime();
    List<String> left = List.copyOf(names.keySet());
    ExecutorService askers = Executors.newFixedThreadPool(ASKERS);
    try {
      while (!left.isEmpty() && System.nanoTime() - began < patience.toNanos()) {
        left = differing(left, away, askers);
        LockSupport.parkNanos(left.isEmpty() ? 0 : POLL_NANOS);
      }
    } finally {
      askers.shutdownNow();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    slowestMillis = Math.max(slowestMillis, took.toMillis());
    convergences++;
    if (!left.isEmpty()) {
      late.add("not the same after %d ms: %s".formatted(took.toMillis(), left));
    }
    isResting = false;
    return left.isEmpty() ? Optional.of(took) : Optional.empty();
  }

  private List<String> differing(List<String> services, Set<URI> away, ExecutorService askers)
      throws InterruptedException {
    List<Future<Boolean>> equal =
        askers.invokeAll(
            services.stream().map(each -> (Callable<Boolean>) () -> isEqual(each, away)).toList());
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < services.size(); i++) {
      try {
        if (!equal.get(i).get()) {
          differing.add(services.get(i));
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("clusters were not compared", e);
      }
    }
    return differing;
  }

  private boolean isEqual(String service, Set<URI> away) throws InterruptedException {
    String path = "/v1/health/service/" + service;
    // One is enough: a default read shows all that was acknowledged.
    Api.Answer exported = awake(exporter, away).get(0).get(path);
    boolean isEqual = exported.isOk();
    for (Api api : isEqual ? awake(importer, away) : List.<Api>of()) {
      Api.Answer imported = api.get(path + "?peer=" + EXPORTER);
      long there = exposer.isHidden(service) ? ExportHistory.NONE : number(exported);
      isEqual &= imported.isOk() && number(imported) == there;
    }
    return isEqual;
  }

  private static List<Api> awake(Site site, Set<URI> away) {
    return IntStream.range(0, site.servers().size())
        .filter(server -> !away.contains(site.servers().get(server)))
        .mapToObj(site::api)
        .toList();
  }

  @Override
  public void close() {
    clients.forEach(Clients::close);
  }

  @Override
  public Verdict verdict() {
    List<Write> writes = history.writes();
    long acknowledged = writes.stream().filter(Write::isAcknowledged).count();
    List<Sight> sights = history.sights();
    long visible = sights.stream().filter(sight -> sight.number() != ExportHistory.NONE).count();
    List<String> faults =
        new ArrayList<>(ExportCheck.check(history, ExportWorkload::isExported, STALE_MAX, GRACE));
    faults.addAll(late);
    return new Verdict(
        "%d changes acknowledged, %d of unknown outcome, exports changed %d times, %d looks of which %d saw a service, the same %d times, after %d ms at most"
            .formatted(
                acknowledged,
                writes.size() - acknowledged,
                history.exposures().size(),
                sights.size(),
                visible,
                convergences,
                slowestMillis),
        faults,
        acknowledged == 0 || visible == 0 || convergences == 0);
  }
}
