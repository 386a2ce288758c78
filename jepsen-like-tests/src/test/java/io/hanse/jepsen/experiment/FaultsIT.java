package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.lab.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers under faults of processes, network and disks, and clients of all kinds. Short and
 * always the same by default: {@code -Dhanse.seed=N} draws others, {@code -Dhanse.faults=N} sets
 * how many, {@code -Dhanse.only=WORDS,WORDS} of which kinds. For hours there is {@code
 * jepsen-like-tests/run}.
 */
@Order(1)
class FaultsIT {
  private static final int FAULTS = 6;

  /** One of each class. */
  private static final String SHORT =
      "kill leader,cut leader alone,pause,failing sync,power cut of all,replace a follower that";

  private static final Duration FAULT = Duration.ofSeconds(4);
  private static final Duration CALM = Duration.ofSeconds(2);

  /** Others are tested beside this; {@code jepsen-like-tests/run} lets clients go on at once. */
  private static final int REST = 8;

  @TempDir private Path folder;

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldKeepItsPromisesUnderFaults() throws Exception {
    long seed = Long.getLong("hanse.seed", 1);
    int faults = Integer.getInteger("hanse.faults", FAULTS);
    List<String> only = List.of(System.getProperty("hanse.only", SHORT).split(",", -1));
    System.out.println("seed " + seed);
    Result result =
        new Experiment(Distribution.underTest(), folder, System.out::println)
            .run(new Plan(seed, 3, faults, FAULT, CALM, REST, only));
    System.out.println(result);
    assertThat(result.isGood()).as("%s", result).isTrue();
  }
}
