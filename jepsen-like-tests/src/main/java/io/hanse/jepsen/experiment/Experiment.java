package io.hanse.jepsen.experiment;

import io.hanse.jepsen.check.LeaderTerms;
import io.hanse.jepsen.faults.Nemesis;
import io.hanse.jepsen.faults.Schedule;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Lab;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.workload.LockWorkload;
import io.hanse.jepsen.workload.Pulse;
import io.hanse.jepsen.workload.RegisterWorkload;
import io.hanse.jepsen.workload.SetWorkload;
import io.hanse.jepsen.workload.Site;
import io.hanse.jepsen.workload.WatchWorkload;
import io.hanse.jepsen.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Lets clients of all workloads use one cluster while it is hurt, and judges what they saw. */
public final class Experiment {
  private static final int CLIENTS_EACH = 1;

  private final Distribution distribution;
  private final Path folder;
  private final Consumer<String> progress;

  /**
   * An experiment on a distribution.
   *
   * @param folder for data and logs; it stays
   * @param progress is told what happens, a line at a time
   */
  public Experiment(Distribution distribution, Path folder, Consumer<String> progress) {
    this.distribution = distribution;
    this.folder = folder;
    this.progress = progress;
  }

  public Result run(Plan plan) throws IOException, InterruptedException {
    try (Lab lab = Lab.open(folder, plan.servers());
        Cluster cluster = Cluster.start(distribution, folder, "dc1", lab, plan.servers())) {
      Site site =
          Site.of(cluster.servers().stream().map(ServerProcess::http).toList(), plan.rest());
      List<Workload> workloads =
          List.of(
              RegisterWorkload.ofKeys(site, CLIENTS_EACH + 1, plan.seed()),
              RegisterWorkload.ofPairs(site, CLIENTS_EACH, plan.seed()),
              new SetWorkload(site, CLIENTS_EACH, plan.seed()),
              new LockWorkload(site, CLIENTS_EACH, plan.seed()),
              new WatchWorkload(site, plan.seed()));
      List<Result.Fault> faults;
      try {
        List<Nemesis> schedule =
            Schedule.draw(
                plan.seed(),
                plan.faults(),
                lab.network().isPresent(),
                lab.shimLibrary().isPresent(),
                plan.only());
        faults = hurt(cluster, schedule, plan, site.pulse());
      } finally {
        workloads.forEach(Workload::close);
      }
      List<Result.Judgement> judgements = new ArrayList<>();
      workloads.forEach(each -> judgements.add(new Result.Judgement(each.name(), each.verdict())));
      judgements.add(new Result.Judgement("elections", elections(cluster)));
      return new Result(plan, faults, judgements, site.pulse());
    }
  }

  static Workload.Verdict elections(Cluster cluster) {
    LeaderTerms terms = new LeaderTerms();
    for (ServerProcess server : cluster.servers()) {
      terms.add(server.name(), server.said());
    }
    return new Workload.Verdict(
        "%d terms with a leader".formatted(terms.count()), terms.faults(), terms.count() == 0);
  }

  private List<Result.Fault> hurt(Cluster cluster, List<Nemesis> schedule, Plan plan, Pulse pulse)
      throws IOException, InterruptedException {
    List<Result.Fault> faults = new ArrayList<>();
    for (Nemesis nemesis : schedule) {
      let(plan.calm());
      int from = pulse.secondOf(System.nanoTime());
      nemesis.begin(cluster);
      let(plan.fault());
      boolean isFelt = nemesis.isFelt(cluster);
      nemesis.end(cluster);
      int until = pulse.secondOf(System.nanoTime());
      cluster.awaitLeader();
      int well = pulse.secondOf(System.nanoTime());
      faults.add(new Result.Fault(nemesis.toString(), from, until, well, isFelt));
      progress.accept(
          "%4d s: %s%s, well again after %d s"
              .formatted(from, nemesis, isFelt ? "" : " (not felt)", well - until));
    }
    let(plan.calm());
    return faults;
  }

  /**
   * Lets clients and faults go on: the duration is part of the experiment, nothing waits for it.
   */
  static void let(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
