package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a leader tells of a peer that it has not heard yet. */
class UnheardPeerTest {
  private final SilenceRig rig = new SilenceRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private Peering shown() {
    return rig.ofLeader
        .overlay(
            rig.stored().stream()
                .map(row -> row.toBuilder().setDetail(PeeringDetail.getDefaultInstance()).build())
                .toList(),
            Duration.ofSeconds(1))
        .join()
        .get(0);
  }

  @Test
  void shouldTellWhatIsStoredOfItAndThatNothingIsConfirmed() {
    rig.changeLeader();
    Peering west = shown();
    assertThat(west.getStreamStatus().getImportedServicesList()).containsExactly("web");
    assertThat(west.getDetail().getUnconfirmedImports()).isEqualTo(1);
    assertThat(west.getDetail().getConfirmedImportsList())
        .singleElement()
        .matches(each -> each.getService().equals("web") && !each.hasConfirmedAt());
    assertThat(west.getDetail().hasOldestImportAge()).isFalse();
  }

  @Test
  void shouldCountItsSilenceFromItsOwnBeginningWhereNothingIsNoted() {
    rig.hear();
    rig.changeLeader();
    rig.time.runFor(30_000);
    PeeringDetail detail = shown().getDetail();
    assertThat(detail.hasLastConfirmed()).isFalse();
    assertThat(detail.getSilence().getSeconds()).isEqualTo(30);

    rig.hear();
    rig.time.runFor(1_000);
    assertThat(shown().getDetail().getSilence().getSeconds()).isEqualTo(1);
  }

  @Test
  void shouldCountItsSilenceFromWhatAnEarlierLeaderNoted() {
    rig.policy("west", PeeringPolicies.WARN);
    rig.hear();
    rig.time.runFor(2_000);
    rig.changeLeader();
    rig.time.runFor(30_000);
    assertThat(shown().getDetail().getSilence().getSeconds()).isEqualTo(32);
  }

  @Test
  void shouldTellWhatTheStreamSaysOnceThereIsOne() {
    rig.changeLeader();
    rig.status.addImportedServices("api");
    rig.beginsAnew("api");
    rig.hear();
    Peering west = shown();
    assertThat(west.getStreamStatus().getImportedServicesList()).containsExactly("api");
    assertThat(west.getDetail().getUnconfirmedImports()).isEqualTo(1);
  }
}
