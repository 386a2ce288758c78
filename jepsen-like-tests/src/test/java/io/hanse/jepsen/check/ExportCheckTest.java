package io.hanse.jepsen.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Exposure;
import io.hanse.jepsen.history.ExportHistory.Sight;
import io.hanse.jepsen.history.ExportHistory.Silence;
import io.hanse.jepsen.history.ExportHistory.Write;
import io.hanse.jepsen.history.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExportCheckTest {
  private static final Duration STALE_MAX = Duration.ofNanos(1_000);
  private static final Duration GRACE = Duration.ofNanos(100);

  private final ExportHistory history = new ExportHistory();

  @BeforeEach
  void write() {
    history.add(new Write("web", 2, false, 0, 10));
    history.add(new Write("web", 5, false, 20, 30));
    history.add(new Write("web", 8, true, 40, 50));
    history.add(new Write("secret", 6, false, 0, 10));
  }

  private List<String> faults() {
    return ExportCheck.check(history, service -> !service.equals("secret"), STALE_MAX, GRACE);
  }

  private void see(String service, long number, boolean isHealthy, long call) {
    history.add(new Sight(service, number, isHealthy, call, call + 5));
  }

  @Test
  void shouldAcceptWhatMayBe() {
    see("web", ExportHistory.NONE, true, 0);
    see("web", 2, true, 25);
    // One that has begun before the other has ended may see less.
    history.add(new Sight("web", 5, false, 30, 60));
    see("web", 2, true, 40);
    see("web", 5, false, 1_000);
    see("web", ExportHistory.NONE, true, 5_000);
    see("secret", ExportHistory.NONE, true, 100);
    assertThat(faults()).isEmpty();
  }

  @Test
  void shouldConvictALeak() {
    see("secret", 6, true, 100);
    assertThat(faults()).singleElement().asString().contains("secret is not exported");
  }

  @Test
  void shouldConvictWhatNobodyWrote() {
    see("web", 5, false, 14);
    see("web", 4, true, 100);
    see("other", 2, true, 100);
    assertThat(faults()).filteredOn(fault -> fault.startsWith("nobody had written")).hasSize(3);
  }

  @Test
  void shouldConvictHealthOfAnotherState() {
    see("web", 5, true, 35);
    assertThat(faults()).singleElement().asString().contains("health of another state");
  }

  @Test
  void shouldConvictAStepBack() {
    see("web", 5, false, 35);
    see("web", 2, true, 45);
    assertThat(faults()).singleElement().asString().contains("went back");
  }

  @Test
  void shouldConvictAStaleState() {
    see("web", 5, false, 1_051);
    assertThat(faults()).singleElement().asString().contains("replaced 0 ms before");
  }

  @Test
  void shouldAcceptAStaleStateOnlySoonAfterATimeWithoutAnswers() {
    see("web", 5, false, 40);
    see("web", ExportHistory.NONE, true, 2_000);
    see("web", 5, false, 2_001);
    see("web", 5, false, 2_100);
    assertThat(faults()).isEmpty();
    see("web", 5, false, 2_150);
    assertThat(faults()).singleElement().asString().contains("callNanos=2150");
  }

  @Test
  void shouldConvictAStateThatIsOlderThanTheTimeWithoutAnswersExplains() {
    see("web", ExportHistory.NONE, true, 1_500);
    see("web", 5, false, 2_000);
    assertThat(faults()).singleElement().asString().contains("callNanos=2000");
  }

  @Test
  void shouldNotJudgeTheOrderAfterAnUnknownOutcome() {
    history.add(new Write("web", 9, false, 60, Operation.UNKNOWN));
    see("web", 9, false, 70);
    see("web", 5, false, 80);
    assertThat(faults()).isEmpty();
  }

  /** One that stays, written up to 70. */
  private void stay() {
    history.add(new Write("stays", 12, false, 60, 70));
  }

  /** So often that there is no time without answers. */
  private void missStays(long from, long until) {
    for (long call = from; call <= until; call += 10) {
      see("stays", ExportHistory.NONE, true, call);
    }
  }

  @Test
  void shouldConvictWhatIsMissingAfterItWasSeen() {
    stay();
    see("stays", 12, true, 100);
    see("stays", ExportHistory.NONE, true, 110);
    assertThat(faults()).singleElement().asString().contains("was there, and was not seen");
  }

  @Test
  void shouldConvictWhatIsMissingThoughExportedForLong() {
    stay();
    see("stays", ExportHistory.NONE, true, 1_000);
    see("secret", ExportHistory.NONE, true, 5_000);
    assertThat(faults()).as("it may be on its way").isEmpty();
    missStays(1_050, 1_200);
    assertThat(faults()).isNotEmpty().allMatch(fault -> fault.startsWith("is exported, and was"));
  }

  @Test
  void shouldAcceptWhatIsMissingWhereItMayBeGone() {
    stay();
    see("stays", 12, true, 100);
    history.add(new Write("stays", 15, true, 120, Operation.UNKNOWN));
    see("stays", ExportHistory.NONE, true, 110);
    assertThat(faults()).as("before it was taken away").hasSize(1);
    see("stays", ExportHistory.NONE, true, 130);
    assertThat(faults()).hasSize(1);
  }

  @Test
  void shouldAcceptWhatIsMissingWhileTheOtherClusterIsSilent() {
    stay();
    see("stays", 12, true, 100);
    history.add(new Silence(200, 300));
    see("stays", ExportHistory.NONE, true, 190);
    assertThat(faults()).as("before").hasSize(1);
    see("stays", ExportHistory.NONE, true, 196);
    see("stays", ExportHistory.NONE, true, 299);
    assertThat(faults()).hasSize(1);
    see("stays", ExportHistory.NONE, true, 300);
    assertThat(faults()).as("after").hasSize(2);
  }

  @Test
  void shouldConvictWhatIsSeenLongAfterItWasHidden() {
    stay();
    history.add(new Exposure("stays", false, 200, 210));
    see("stays", 12, true, 220);
    see("stays", ExportHistory.NONE, true, 230);
    see("stays", 12, true, 1_000);
    assertThat(faults()).as("who hides it is not waited for").isEmpty();
    missStays(1_010, 1_500);
    see("stays", 12, true, 1_510);
    assertThat(faults()).singleElement().asString().contains("not exported any more");
    history.add(new Exposure("stays", true, 1_520, 1_530));
    see("stays", 12, true, 1_525);
    assertThat(faults()).hasSize(1);
  }

  @Test
  void shouldConvictWhatIsMissingLongAfterItWasExportedAgain() {
    stay();
    history.add(new Exposure("stays", false, 200, 210));
    history.add(new Exposure("stays", true, 220, 230));
    see("stays", ExportHistory.NONE, true, 240);
    see("stays", 12, true, 2_000);
    assertThat(faults()).isEmpty();
    see("stays", ExportHistory.NONE, true, 2_010);
    assertThat(faults()).singleElement().asString().contains("was there, and was not seen");
  }

  @Test
  void shouldNotJudgeWhatMayBeHidden() {
    stay();
    history.add(new Exposure("stays", false, 200, Operation.UNKNOWN));
    see("stays", 12, true, 5_000);
    see("stays", ExportHistory.NONE, true, 5_010);
    assertThat(faults()).isEmpty();
  }
}
