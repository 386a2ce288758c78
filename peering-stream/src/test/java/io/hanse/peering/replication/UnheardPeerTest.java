package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
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
  void shouldShowWhatIsStoredAsSuchWhereNobodyLeads() {
    LeaderStatuses unled =
        new LeaderStatuses(
            rig.statuses,
            new LeaderCall() {
              @Override
              public void serve(
                  String name, Function<ByteString, CompletableFuture<ByteString>> handler) {}

              @Override
              public CompletableFuture<ByteString> call(
                  String name, ByteString request, Duration patience) {
                return CompletableFuture.failedFuture(
                    new ProblemException(ProblemCode.NO_LEADER, "No cluster leader"));
              }

              @Override
              public CompletableFuture<ByteString> callOnce(
                  String name, ByteString request, Duration patience) {
                return call(name, request, patience);
              }
            },
            rig.cluster,
            45_000);
    assertThat(unled.overlay(rig.stored(), Duration.ofSeconds(1))).isCompletedExceptionally();
    Peering west = unled.overlayIfLed(rig.stored(), Duration.ofSeconds(1)).join().get(0);
    assertThat(west.getState()).isEqualTo(PeeringState.UNDEFINED);
    assertThat(west.getDetail().getReason()).startsWith("no leader is known here");
    assertThat(rig.ofLeader.overlayIfLed(rig.stored(), Duration.ofSeconds(1)).join())
        .isEqualTo(rig.ofLeader.overlay(rig.stored(), Duration.ofSeconds(1)).join());
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
