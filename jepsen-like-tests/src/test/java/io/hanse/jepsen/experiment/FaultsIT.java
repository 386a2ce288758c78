package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.lab.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers under faults of processes, network and disks, and clients of all kinds. Short by
 * default: {@code -Dhanse.faults=N} sets how many faults, {@code -Dhanse.seed=N} which. For hours
 * there is {@code jepsen-like-tests/run}.
 */
class FaultsIT {
  private static final int FAULTS = 6;
  private static final Duration FAULT = Duration.ofSeconds(4);
  private static final Duration CALM = Duration.ofSeconds(2);

  @TempDir private Path folder;

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldKeepItsPromisesUnderFaults() throws Exception {
    long seed = Long.getLong("hanse.seed", System.nanoTime());
    int faults = Integer.getInteger("hanse.faults", FAULTS);
    System.out.println("seed " + seed);
    Result result =
        new Experiment(Distribution.underTest(), folder, System.out::println)
            .run(new Plan(seed, 3, faults, FAULT, CALM));
    System.out.println(result);
    assertThat(result.isGood()).as("%s", result).isTrue();
  }
}
