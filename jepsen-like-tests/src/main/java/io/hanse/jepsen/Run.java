package io.hanse.jepsen;

import io.hanse.jepsen.experiment.Experiment;
import io.hanse.jepsen.experiment.PeeringExperiment;
import io.hanse.jepsen.experiment.Plan;
import io.hanse.jepsen.experiment.Report;
import io.hanse.jepsen.experiment.Result;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The long run: {@code <distribution> <folder for reports> <hours> <seed> <faults> <what>}. Rounds
 * of every kind of fault, or of those only that are named like one of the list, until the time is
 * over, each with its own seed and its own report; of leaders, a round is five minutes. Ends with 1
 * where one was not good.
 */
public final class Run {
  private static final int FAULTS_PER_ROUND = 24;
  private static final Duration FAULT = Duration.ofSeconds(8);
  private static final Duration CALM = Duration.ofSeconds(7);
  private static final double NANOS_PER_HOUR = 3.6e12;

  private static final String USAGE =
      "arguments: <distribution> <folder for reports> <hours> <seed> <faults, by commas>"
          + " cluster|peering|leaders";

  /** Of the leaders of both clusters, for five minutes. */
  private static final int HUNTS = 30;

  private static final Duration HUNT_PERIOD = Duration.ofSeconds(10);

  /** After the last kill. */
  private static final Duration CONVERGENCE_MAX = Duration.ofSeconds(5);

  private Run() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 6 || !List.of("cluster", "peering", "leaders").contains(arguments[5])) {
      System.err.println(USAGE);
      System.exit(2);
    }
    Distribution distribution = new Distribution(Path.of(arguments[0]));
    Path reports = Files.createDirectories(Path.of(arguments[1]));
    long end = System.nanoTime() + (long) (Double.parseDouble(arguments[2]) * NANOS_PER_HOUR);
    long seed = Long.parseLong(arguments[3]);
    List<String> only = arguments[4].isEmpty() ? List.of() : List.of(arguments[4].split(",", -1));
    String what = arguments[5];
    boolean isGood = true;
    do {
      long left = Math.max(1, Duration.ofNanos(end - System.nanoTime()).toSeconds());
      int faults =
          (int) Math.min(FAULTS_PER_ROUND, 1 + left / FAULT.plus(CALM).plusSeconds(3).toSeconds());
      Path folder = Files.createTempDirectory("hanse-faults");
      System.out.printf("seed %d, data and logs in %s%n", seed, folder);
      Plan plan = new Plan(seed, 3, faults, FAULT, CALM, 1, only);
      Result result = run(what, plan, distribution, folder);
      System.out.println(result);
      String name = (what.equals("cluster") ? "faults" : what) + "-" + seed;
      Files.writeString(reports.resolve(name + ".svg"), Report.picture(result));
      Files.writeString(reports.resolve(name + ".md"), Report.page(result, name + ".svg"));
      if (result.isGood()) {
        Folders.delete(folder);
      }
      isGood &= result.isGood();
      seed++;
    } while (System.nanoTime() < end);
    System.exit(isGood ? 0 : 1);
  }

  private static Result run(String what, Plan plan, Distribution distribution, Path folder)
      throws IOException, InterruptedException {
    PeeringExperiment ofTwo = new PeeringExperiment(distribution, folder, System.out::println);
    return switch (what) {
      case "peering" -> ofTwo.run(plan);
      case "leaders" ->
          ofTwo.hunt(
              new Plan(plan.seed(), plan.servers(), HUNTS, HUNT_PERIOD, CALM, 1, List.of()),
              CONVERGENCE_MAX);
      default -> new Experiment(distribution, folder, System.out::println).run(plan);
    };
  }
}
