package io.hanse.jepsen.experiment;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.workload.ExportWorkload;
import io.hanse.jepsen.workload.Pulse;
import io.hanse.jepsen.workload.Workload;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Kills the leaders of two clusters at the same time, and starts them at once, as often as asked.
 */
final class LeaderHunt {
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

  /** Beyond the bound: whether it comes at all is to be told from how late it is. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Cluster> clusters;
  private final Pulse pulse;
  private final Consumer<String> progress;
  private final List<Result.Fault> faults = new ArrayList<>();

  LeaderHunt(Cluster exporter, Cluster importer, Pulse pulse, Consumer<String> progress) {
    clusters = List.of(exporter, importer);
    this.pulse = pulse;
    this.progress = progress;
  }

  List<Result.Fault> faults() {
    return List.copyOf(faults);
  }

  /** Kills both leaders; comes back so long after it. */
  void killAndWait(Duration period) throws IOException, InterruptedException {
    long began = System.nanoTime();
    List<ServerProcess> killed = kill();
    boolean isFelt = killed.stream().noneMatch(ServerProcess::isRunning);
    start(killed);
    long end = began + period.toNanos();
    while (!othersAnswer(killed) && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    note(killed, began, isFelt, "others answer");
    Experiment.let(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  /** Kills both leaders and judges how soon the servers that are left show the same. */
  Result.Judgement killAndConverge(ExportWorkload exports, Duration max)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    List<ServerProcess> killed = kill();
    boolean isFelt = killed.stream().noneMatch(ServerProcess::isRunning);
    start(killed);
    Set<URI> away = killed.stream().map(ServerProcess::http).collect(Collectors.toSet());
    Optional<Duration> same = exports.converge(PATIENCE, away);
    note(killed, began, isFelt, "the others show the same");
    List<String> wrong =
        same.isPresent() && same.get().compareTo(max) <= 0
            ? List.of()
            : List.of("bound %d ms".formatted(max.toMillis()));
    String counts =
        same.map(took -> "after %d ms".formatted(took.toMillis()))
            .orElse("not after %d s".formatted(PATIENCE.toSeconds()));
    return new Result.Judgement(
        "the same at those left after the last kill", new Workload.Verdict(counts, wrong, false));
  }

  private List<ServerProcess> kill() throws InterruptedException {
    List<ServerProcess> leaders = new ArrayList<>();
    for (Cluster cluster : clusters) {
      leaders.add(cluster.leader().orElse(cluster.servers().get(0)));
    }
    for (ServerProcess leader : leaders) {
      leader.kill();
    }
    return leaders;
  }

  private static void start(List<ServerProcess> servers) throws IOException {
    for (ServerProcess server : servers) {
      server.start();
    }
  }

  private boolean othersAnswer(List<ServerProcess> killed) {
    return clusters.stream()
        .allMatch(
            cluster ->
                cluster.servers().stream()
                    .filter(server -> !killed.contains(server))
                    .allMatch(cluster::answers));
  }

  private void note(List<ServerProcess> killed, long began, boolean isFelt, String what) {
    String names = killed.stream().map(ServerProcess::name).collect(Collectors.joining(" and "));
    int from = pulse.secondOf(began);
    int well = pulse.secondOf(System.nanoTime());
    faults.add(new Result.Fault("kill both leaders, " + names, from, from, well, isFelt));
    progress.accept(
        "%4d s: killed %s, %s after %d ms"
            .formatted(from, names, what, (System.nanoTime() - began) / 1_000_000));
  }
}
