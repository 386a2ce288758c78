package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hanse.jepsen.lab.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two peered clusters of three real processes each, of which one changes its services and the other
 * shows what is exported, while either is hurt. Six servers take the whole machine for minutes, so
 * it runs only where {@code -Dhanse.peering.faults=N} says how many faults; {@code -Dhanse.seed=N}
 * draws them, {@code -Dhanse.peering.only=WORDS,WORDS} says of which kinds. With {@code
 * -Dhanse.peering.kills=N} their leaders are killed N times. For hours there is {@code
 * jepsen-like-tests/run --what peering}. In every build the demo kills a leader of peered clusters.
 */
class PeeringFaultsIT {
  private static final Duration FAULT = Duration.ofSeconds(2);
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration HUNT_PERIOD = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldShowOnlyWhatIsExportedUnderFaults() throws Exception {
    long seed = Long.getLong("hanse.seed", 1);
    int faults = Integer.getInteger("hanse.peering.faults", 0);
    assumeTrue(faults > 0, "left out: -Dhanse.peering.faults=N lets N faults happen");
    List<String> only =
        Stream.of(System.getProperty("hanse.peering.only", "").split(",", -1))
            .filter(words -> !words.isEmpty())
            .toList();
    System.out.println("seed " + seed);
    Result result =
        new PeeringExperiment(Distribution.underTest(), folder, System.out::println)
            .run(new Plan(seed, 3, faults, FAULT, CALM, 1, only));
    System.out.println(result);
    assertThat(result.isGood()).as("%s", result).isTrue();
  }

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldConvergeAfterLeadersWereKilledWithoutARest() throws Exception {
    int kills = Integer.getInteger("hanse.peering.kills", 0);
    assumeTrue(kills > 0, "left out: -Dhanse.peering.kills=N kills leaders N times");
    Plan plan = new Plan(Long.getLong("hanse.seed", 1), 3, kills, HUNT_PERIOD, CALM, 1, List.of());
    // The bound of 5 s is judged where there is a machine for it, by the long run.
    Result result =
        new PeeringExperiment(Distribution.underTest(), folder, System.out::println)
            .hunt(plan, Duration.ofSeconds(60));
    System.out.println(result);
    assertThat(result.isGood()).as("%s", result).isTrue();
  }
}
