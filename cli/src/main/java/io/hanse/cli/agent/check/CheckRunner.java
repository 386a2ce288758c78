package io.hanse.cli.agent.check;

import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.IdleThreads;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the checks of an agent, each at its own pace, and tells their verdicts. All methods are
 * called on the agent's thread, and so is {@code report}; probes run elsewhere. Aliases are not its
 * business: they follow other checks.
 */
public final class CheckRunner implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int OUTPUT_USUAL = 4096;
  private static final int OUTPUT_MAX = 128 << 10;

  private static final int HTTP_THREADS = 4;

  /** Who registers a check waits for what it finds. */
  private static final long FRESH_START_MILLIS_MAX = 1_000;

  private final ScheduledExecutorService agent;
  private final HostNames names;
  private final BiConsumer<String, Verdict> report;
  private final Map<String, Running> running = new HashMap<>();
  private @Nullable HttpClient http;
  private @Nullable ExecutorService httpThreads;

  /** A check that is watched; identity tells a late verdict of an older definition apart. */
  private static final class Running {
    final CheckType definition;
    final Threshold threshold;
    String status;
    ScheduledFuture<?> next;

    Running(AgentCheck check, ScheduledFuture<?> next) {
      definition = check.getDefinition();
      threshold = new Threshold(definition);
      status = check.getRow().getStatus();
      this.next = next;
    }
  }

  public CheckRunner(
      ScheduledExecutorService agent, Executor workers, BiConsumer<String, Verdict> report) {
    this.agent = agent;
    names = new HostNames(workers);
    this.report = report;
  }

  /**
   * Starts a check, in place of one of the same id.
   *
   * @param isFresh whether it was registered now, and not found among many at a start
   */
  public void start(AgentCheck check, boolean isFresh) {
    String id = check.getRow().getCheckId();
    stop(id);
    switch (CheckKind.of(check)) {
      case TTL -> startTtl(check);
      case HTTP, TCP -> startProbe(check, probe(check.getDefinition()), isFresh);
      case ALIAS, MAINTENANCE, SCRIPT, DOCKER, UDP, GRPC, H2PING, OS_SERVICE -> {}
    }
  }

  public void stop(String id) {
    Running old = running.remove(id);
    if (old != null) {
      old.next.cancel(false);
    }
  }

  /** A TTL check was heard of: its time begins anew. Answers false if there is no such one. */
  public boolean touch(AgentCheck check) {
    if (CheckKind.of(check) != CheckKind.TTL) {
      return false;
    }
    stop(check.getRow().getCheckId());
    startTtl(check);
    return true;
  }

  @Override
  public void close() {
    running.values().forEach(each -> each.next.cancel(false));
    running.clear();
    if (httpThreads != null) {
      httpThreads.shutdownNow();
    }
  }

  private void startTtl(AgentCheck check) {
    String id = check.getRow().getCheckId();
    String last = check.getRow().getOutput();
    String output =
        last.isEmpty()
            ? "TTL expired"
            : "TTL expired (last output before timeout follows): " + last;
    ScheduledFuture<?> expiry =
        agent.schedule(
            () -> report.accept(id, Verdict.critical(output)),
            millis(check.getDefinition().getTtl()),
            TimeUnit.MILLISECONDS);
    running.put(id, new Running(check, expiry));
  }

  /** The first run comes at some moment of the first interval, so that not all run at once. */
  private void startProbe(AgentCheck check, Probe probe, boolean isFresh) {
    String id = check.getRow().getCheckId();
    long interval = millis(check.getDefinition().getInterval());
    long firstMax = isFresh ? Math.min(interval, FRESH_START_MILLIS_MAX) : interval;
    Running[] self = new Running[1];
    ScheduledFuture<?> first =
        agent.schedule(
            () -> run(id, self[0], probe, interval),
            ThreadLocalRandom.current().nextLong(firstMax),
            TimeUnit.MILLISECONDS);
    self[0] = new Running(check, first);
    running.put(id, self[0]);
  }

  private void run(String id, Running self, Probe probe, long interval) {
    // It fails as when too many wait to be run. One not followed up would keep its verdict.
    Attempt.of(probe::run)
        .exceptionally(failure -> Verdict.critical("not tried: " + failure))
        .thenAcceptAsync(verdict -> found(id, self, probe, interval, verdict), agent);
  }

  private void found(String id, Running self, Probe probe, long interval, Verdict verdict) {
    if (running.get(id) != self) {
      return;
    }
    // Before anybody is told: whatever becomes of one verdict, the next one is looked for.
    self.next =
        agent.schedule(() -> run(id, self, probe, interval), interval, TimeUnit.MILLISECONDS);
    self.status = self.threshold.weigh(verdict.status(), self.status);
    report.accept(id, new Verdict(self.status, verdict.output()));
  }

  /** Made when the first check needs it: it begins by reading all the roots of the JDK. */
  private HttpClient http() {
    HttpClient made = http;
    if (made == null) {
      // The client's own: nothing that blocks runs on them, and no answer of its waits for others.
      ExecutorService threads = IdleThreads.of("agent-http-probe", HTTP_THREADS);
      httpThreads = threads;
      made =
          HttpClient.newBuilder()
              .executor(threads)
              .connectTimeout(TIMEOUT)
              .followRedirects(HttpClient.Redirect.NORMAL)
              .build();
      http = made;
    }
    return made;
  }

  private Probe probe(CheckType check) {
    Duration timeout =
        CheckKind.isPositive(check.getTimeout())
            ? Duration.ofMillis(millis(check.getTimeout()))
            : TIMEOUT;
    return CheckKind.of(check) == CheckKind.HTTP
        ? new HttpProbe(http(), names, check, outputMax(check), timeout)
        : new TcpProbe(check.getTcp(), timeout, names);
  }

  /** How much of an output is kept. More than a command can take would never get to the catalog. */
  public static int outputMax(CheckType check) {
    int asked = check.getOutputMaxSize();
    return asked > 0 ? Math.min(asked, OUTPUT_MAX) : OUTPUT_USUAL;
  }

  private static long millis(com.google.protobuf.Duration duration) {
    return Math.max(1, duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000);
  }
}
