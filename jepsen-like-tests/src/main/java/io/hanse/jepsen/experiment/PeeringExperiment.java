package io.hanse.jepsen.experiment;

import io.hanse.jepsen.faults.PairFault;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Lab;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.workload.ExportWorkload;
import io.hanse.jepsen.workload.Pulse;
import io.hanse.jepsen.workload.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets clients change services of a cluster and look at them in another one that imports them,
 * while either is hurt or the link between them is, and judges what they saw.
 */
public final class PeeringExperiment {
  /** From when all servers answer again to when both clusters show the same. */
  private static final Duration CONVERGENCE_MAX = Duration.ofSeconds(60);

  private final Distribution distribution;
  private final Path folder;
  private final Consumer<String> progress;

  /**
   * An experiment on a distribution.
   *
   * @param folder for data and logs; it stays
   * @param progress is told what happens, a line at a time
   */
  public PeeringExperiment(Distribution distribution, Path folder, Consumer<String> progress) {
    this.distribution = distribution;
    this.folder = folder;
    this.progress = progress;
  }

  /** Faults of all kinds, one at a time, after each of which both clusters must be well again. */
  public Result run(Plan plan) throws IOException, InterruptedException {
    int size = plan.servers();
    try (Lab lab = Lab.open(folder, 2 * size);
        Cluster exporter = Cluster.start(distribution, folder, "east", lab, 0, size);
        Cluster importer = Cluster.start(distribution, folder, "west", lab, size, size)) {
      List<PairFault> schedule =
          PairFault.draw(
              plan.seed(),
              plan.faults(),
              exporter,
              importer,
              lab.network(),
              lab.shimLibrary().isPresent(),
              ExportWorkload.STALE_MAX,
              plan.only());
      Site site = site(importer);
      List<Result.Fault> faults = new ArrayList<>();
      ExportWorkload exports = new ExportWorkload(site(exporter), site, plan.seed());
      try {
        for (PairFault fault : schedule) {
          Experiment.let(plan.calm());
          faults.add(hurt(fault, plan, exporter, importer, exports, site.pulse()));
        }
      } finally {
        exports.close();
      }
      return new Result(plan, faults, judgements(exports, exporter, importer), site.pulse());
    }
  }

  private static List<Result.Judgement> judgements(
      ExportWorkload exports, Cluster exporter, Cluster importer) {
    return List.of(
        new Result.Judgement(exports.name(), exports.verdict()),
        new Result.Judgement("exporter's elections", Experiment.elections(exporter)),
        new Result.Judgement("importer's elections", Experiment.elections(importer)));
  }

  /**
   * Kills the leaders of both clusters, again and again without a rest, and starts them at once. So
   * long after the last ones those who are left must show the same.
   *
   * @param plan how often, and how long between two times
   */
  public Result hunt(Plan plan, Duration convergenceMax) throws IOException, InterruptedException {
    int size = plan.servers();
    try (Lab lab = Lab.open(folder, 2 * size);
        Cluster exporter = Cluster.start(distribution, folder, "east", lab, 0, size);
        Cluster importer = Cluster.start(distribution, folder, "west", lab, size, size)) {
      Site site = site(importer);
      LeaderHunt hunt = new LeaderHunt(exporter, importer, site.pulse(), progress);
      ExportWorkload exports = new ExportWorkload(site(exporter), site, plan.seed());
      List<Result.Judgement> judgements = new ArrayList<>();
      long began = System.nanoTime();
      try {
        Experiment.let(plan.calm());
        for (int i = 1; i < plan.faults(); i++) {
          hunt.killAndWait(plan.fault());
        }
        judgements.add(hunt.killAndConverge(exports, convergenceMax));
        exporter.awaitLeader();
        importer.awaitLeader();
        exports.converge(CONVERGENCE_MAX);
        exports.wasHurt(began, System.nanoTime());
      } finally {
        exports.close();
      }
      judgements.addAll(judgements(exports, exporter, importer));
      return new Result(plan, hunt.faults(), judgements, site.pulse());
    }
  }

  private Result.Fault hurt(
      PairFault fault,
      Plan plan,
      Cluster exporter,
      Cluster importer,
      ExportWorkload exports,
      Pulse pulse)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    int from = pulse.secondOf(began);
    fault.nemesis().begin(fault.cluster());
    boolean isLong = fault.least().compareTo(plan.fault()) > 0;
    Experiment.let(isLong ? fault.least() : plan.fault());
    boolean isFelt = fault.nemesis().isFelt(fault.cluster());
    fault.nemesis().end(fault.cluster());
    int until = pulse.secondOf(System.nanoTime());
    exporter.awaitLeader();
    importer.awaitLeader();
    int answering = pulse.secondOf(System.nanoTime());
    boolean isSame = exports.converge(CONVERGENCE_MAX);
    exports.wasHurt(began, System.nanoTime());
    int well = pulse.secondOf(System.nanoTime());
    progress.accept(
        "%4d s: %s%s, all answer after %d s, %s after %d s more"
            .formatted(
                from,
                fault,
                isFelt ? "" : " (not felt)",
                answering - until,
                isSame ? "the same" : "NOT THE SAME",
                well - answering));
    return new Result.Fault(fault.toString(), from, until, well, isFelt);
  }

  private static Site site(Cluster cluster) {
    return Site.of(cluster.servers().stream().map(ServerProcess::http).toList());
  }
}
