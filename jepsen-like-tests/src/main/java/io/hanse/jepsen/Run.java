package io.hanse.jepsen;

import io.hanse.jepsen.experiment.Experiment;
import io.hanse.jepsen.experiment.Plan;
import io.hanse.jepsen.experiment.Report;
import io.hanse.jepsen.experiment.Result;
import io.hanse.jepsen.lab.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The long run: {@code <distribution> <folder for reports> <hours> <seed>}. Rounds of every kind of
 * fault until the time is over, each with its own seed and its own report. Ends with 1 where one
 * was not good.
 */
public final class Run {
  private static final int FAULTS_PER_ROUND = 24;
  private static final Duration FAULT = Duration.ofSeconds(8);
  private static final Duration CALM = Duration.ofSeconds(7);
  private static final double NANOS_PER_HOUR = 3.6e12;

  private Run() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 4) {
      System.err.println("arguments: <distribution> <folder for reports> <hours> <seed>");
      System.exit(2);
    }
    Distribution distribution = new Distribution(Path.of(arguments[0]));
    Path reports = Files.createDirectories(Path.of(arguments[1]));
    long end = System.nanoTime() + (long) (Double.parseDouble(arguments[2]) * NANOS_PER_HOUR);
    long seed = Long.parseLong(arguments[3]);
    boolean isGood = true;
    do {
      long left = Math.max(1, Duration.ofNanos(end - System.nanoTime()).toSeconds());
      int faults =
          (int) Math.min(FAULTS_PER_ROUND, 1 + left / FAULT.plus(CALM).plusSeconds(3).toSeconds());
      Path folder = Files.createTempDirectory("hanse-faults");
      System.out.printf("seed %d, data and logs in %s%n", seed, folder);
      Experiment experiment = new Experiment(distribution, folder, System.out::println);
      Result result = experiment.run(new Plan(seed, 3, faults, FAULT, CALM));
      System.out.println(result);
      String name = "faults-" + seed;
      Files.writeString(reports.resolve(name + ".svg"), Report.picture(result));
      Files.writeString(reports.resolve(name + ".md"), Report.page(result, name + ".svg"));
      if (result.isGood()) {
        delete(folder);
      }
      isGood &= result.isGood();
      seed++;
    } while (System.nanoTime() < end);
    System.exit(isGood ? 0 : 1);
  }

  private static void delete(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      List<Path> deepestFirst = paths.sorted(java.util.Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
  }
}
