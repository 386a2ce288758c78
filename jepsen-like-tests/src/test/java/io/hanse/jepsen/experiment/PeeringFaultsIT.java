package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.lab.Distribution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two peered clusters of three real processes each, of which one changes its services and the other
 * shows what is exported, while its leader is killed. Draws and lengths as {@link FaultsIT} has
 * them: {@code -Dhanse.seed=N}, {@code -Dhanse.peering.faults=N}, {@code
 * -Dhanse.peering.only=WORDS}.
 */
class PeeringFaultsIT {
  private static final int FAULTS = 1;
  private static final String SHORT = "exporter: kill leader";

  private static final Duration FAULT = Duration.ofSeconds(2);
  private static final Duration CALM = Duration.ofSeconds(2);

  @TempDir private Path folder;

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldShowOnlyWhatIsExportedUnderFaults() throws Exception {
    long seed = Long.getLong("hanse.seed", 1);
    int faults = Integer.getInteger("hanse.peering.faults", FAULTS);
    List<String> only = List.of(System.getProperty("hanse.peering.only", SHORT).split(",", -1));
    System.out.println("seed " + seed);
    Result result =
        new PeeringExperiment(Distribution.underTest(), folder, System.out::println)
            .run(new Plan(seed, 3, faults, FAULT, CALM, only));
    System.out.println(result);
    assertThat(result.isGood()).as("%s", result).isTrue();
  }
}
