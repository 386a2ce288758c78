package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ImportFreshnessTest {
  private final ImportFreshness freshness = new ImportFreshness();

  private Map<String, Long> confirmed() {
    return freshness.ages(1_000, true).getServicesList().stream()
        .collect(Collectors.toMap(ImportAge::getService, ImportAge::getConfirmedMillis));
  }

  private void fromConsul(String service, Optional<String> problem, long atMillis) {
    Effect.Import received =
        new Effect.Import(1, PeerResources.SERVICE, service, Any.getDefaultInstance());
    freshness.arrived(received);
    freshness.stored(received, problem, atMillis);
  }

  private void fromHanse(String service, Map<Integer, String> refusals, long atMillis) {
    freshness.arrived(service);
    freshness.stored(
        List.of(ImportChange.newBuilder().setService(service).build()),
        new ChangeIntake.Outcome(7, refusals, Set.of()),
        atMillis);
  }

  @Test
  void shouldBeAsFreshAsTheLastSignOfAConsulOnlyWithWhatCameOnTheStream() {
    freshness.begin(Set.of("api", "web", "web-sidecar-proxy"));
    fromConsul("web", Optional.empty(), 100);
    freshness.heard(200);
    assertThat(confirmed()).isEqualTo(Map.of("web", 200L, "api", 0L));

    freshness.begin(Set.of("api", "web"));
    freshness.heard(300);
    assertThat(confirmed()).isEqualTo(Map.of("web", 200L, "api", 0L));
    assertThat(freshness.ages(1_000, false).getUnconfirmed()).isEqualTo(1);
    assertThat(freshness.ages(1_000, false).getOldestAgeMillis()).isEqualTo(800);
    assertThat(freshness.ages(1_000, false).getServicesList()).isEmpty();
  }

  @Test
  void shouldKeepTheAgeOfWhatIsRefusedUntilANewerContentIsTaken() {
    freshness.begin(Set.of());
    fromConsul("web", Optional.empty(), 100);
    fromConsul("web", Optional.of("too large"), 200);
    freshness.heard(300);
    assertThat(confirmed()).isEqualTo(Map.of("web", 100L));
    fromConsul("web", Optional.empty(), 400);
    freshness.heard(500);
    assertThat(confirmed()).isEqualTo(Map.of("web", 500L));
  }

  @Test
  void shouldTellWhatTheExporterCannotSendSinceItSaidSoUntilItSaysSoNoMore() {
    freshness.begin(Set.of());
    freshness.allIsHere(200, 200, List.of("big"));
    freshness.allIsHere(300, 300, List.of("big", "web"));
    assertThat(freshness.ages(1_000, false).getUnsentMap())
        .isEqualTo(Map.of("big", 200L, "web", 300L));
    freshness.allIsHere(400, 400, List.of("web"));
    assertThat(freshness.ages(1_000, false).getUnsentMap()).isEqualTo(Map.of("web", 300L));
    freshness.begin(Set.of());
    assertThat(freshness.ages(1_000, false).getUnsentMap()).isEmpty();
  }

  @Test
  void shouldKnowAllOnceAHanseSaysSo() {
    freshness.begin(Set.of("api", "big", "web"));
    fromHanse("web", Map.of(), 100);
    fromHanse("big", Map.of(0, "full"), 100);
    assertThat(confirmed()).isEqualTo(Map.of("api", 0L, "big", 0L, "web", 100L));
    freshness.allIsHere(200, 200, List.of());
    assertThat(confirmed()).isEqualTo(Map.of("api", 200L, "big", 0L, "web", 200L));
  }

  @Test
  void shouldNotTakeForFreshWhatBecameTooLargeToBeSent() {
    fromHanse("api", Map.of(), 90);
    fromHanse("web", Map.of(), 90);
    freshness.allIsHere(100, 100, List.of());
    freshness.allIsHere(200, 200, List.of("web", "unknown"));
    freshness.allIsHere(300, 300, List.of("web"));
    assertThat(confirmed()).containsOnly(Map.entry("api", 300L), Map.entry("web", 100L));

    freshness.allIsHere(400, 400, List.of());
    assertThat(confirmed()).as("it went back to what is here").containsEntry("web", 400L);
  }

  @Test
  void shouldNotTakeWhatIsNotStoredYetForFresh() {
    freshness.begin(Set.of("web"));
    freshness.allIsHere(100, 100, List.of());
    freshness.arrived("web");
    freshness.heard(200);
    assertThat(confirmed()).isEqualTo(Map.of("web", 100L));
  }

  @Test
  void shouldKnowWhatAHanseSaysOfAnEarlierTime() {
    freshness.begin(Set.of("api", "big", "web"));
    assertThat(freshness.allSaidMillis()).isZero();
    fromHanse("big", Map.of(0, "full"), 100);
    freshness.arrived("web");
    freshness.allIsHere(150, 200, List.of());
    assertThat(freshness.allSaidMillis()).as("not when it was said").isEqualTo(150);
    freshness.allIsHere(120, 210, List.of());
    assertThat(freshness.allSaidMillis()).isEqualTo(150);
    assertThat(confirmed())
        .as("of what waits, the older content was right then")
        .isEqualTo(Map.of("api", 150L, "big", 0L, "web", 150L));
    freshness.allIsHere(300, 300, List.of());
    assertThat(confirmed()).isEqualTo(Map.of("api", 300L, "big", 0L, "web", 300L));
    freshness.allIsHere(-5, 310, List.of());
    assertThat(confirmed()).as("no age makes anything older").containsEntry("api", 300L);
  }

  @Test
  void shouldForgetWhatIsNotListedOrGone() {
    freshness.begin(Set.of("api", "old", "web"));
    Any list = Any.pack(ExportedServiceList.newBuilder().addServices("web").build());
    freshness.stored(
        new Effect.Import(1, PeerResources.SERVICE_LIST, "list", list), Optional.empty(), 100);
    assertThat(confirmed()).containsOnlyKeys("web");
    freshness.stored(
        List.of(ImportChange.newBuilder().setService("web").setGone(true).build()),
        new ChangeIntake.Outcome(7, Map.of(), Set.of()),
        200);
    assertThat(confirmed()).isEmpty();
  }
}
