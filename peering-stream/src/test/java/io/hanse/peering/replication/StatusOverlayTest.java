package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.ExportProblem;
import io.hanse.fsm.row.ImportProblem;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.StreamStatus;
import io.hanse.peering.proto.DialedAddress;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.ImportRefusal;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ServiceReceipt;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusOverlayTest {
  private static final long FRESH_MILLIS = 45_000;
  private static final Peering ACCEPTING =
      Peering.newBuilder().setName("beta").setState(PeeringState.PENDING).build();
  private static final Peering DIALING =
      ACCEPTING.toBuilder()
          .setState(PeeringState.ESTABLISHING)
          .addPeerServerAddresses("10.0.0.1:8503")
          .build();
  private static final PeerStreamStatus CONNECTED =
      PeerStreamStatus.newBuilder().setConnected(true).setLastHeardMillis(1_000_000).build();

  private static Peering shown(Peering stored, PeerStreamStatus.Builder status) {
    return StatusOverlay.over(stored, status.build(), FRESH_MILLIS, /* isRedeemed= */ false);
  }

  private static String reasonOnceRedeemed(PeerStreamStatus.Builder status) {
    Peering shown =
        StatusOverlay.over(ACCEPTING, status.build(), FRESH_MILLIS, /* isRedeemed= */ true);
    assertThat(shown.getState()).isEqualTo(PeeringState.PENDING);
    return shown.getDetail().getReason();
  }

  @Test
  void shouldNotCallATokenUnredeemedBecauseALeaderIsNew() {
    String redeemed = "the token was redeemed; the other cluster, which dials, ";
    String since = redeemed + "has not connected since this leader leads";
    PeerStreamStatus.Builder status = PeerStreamStatus.newBuilder();
    assertThat(reasonOnceRedeemed(status)).isEqualTo(since);
    assertThat(reasonOnceRedeemed(status.setSilenceMillis(5_700))).isEqualTo(since + ", for 5.7s");
    assertThat(reasonOnceRedeemed(status.setLastHeardMillis(1_000)))
        .isEqualTo(since + ", and was heard last 5.7s ago");
    assertThat(reasonOnceRedeemed(status.setDisconnectMillis(2_000)))
        .isEqualTo(redeemed + "is not connected any more, and was heard last 5.7s ago");
  }

  @Test
  void shouldCallAPeeringActiveOnlyWhileTheOtherClusterIsHeard() {
    Peering fresh = shown(DIALING, CONNECTED.toBuilder().setSilenceMillis(20_000));
    assertThat(fresh.getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(fresh.getDetail().getReason()).isEmpty();

    Peering overdue = shown(DIALING, CONNECTED.toBuilder().setSilenceMillis(FRESH_MILLIS));
    assertThat(overdue.getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(overdue.getDetail().getReason())
        .isEqualTo("connected, but nothing was heard for 45s");

    Peering silent = shown(DIALING, CONNECTED.toBuilder().setSilenceMillis(FRESH_MILLIS + 1));
    assertThat(silent.getState()).isEqualTo(PeeringState.FAILING);
    assertThat(silent.getDetail().getReason()).contains("nothing was heard for 45.001s");
    assertThat(silent.getDetail().getLastConfirmed().getSeconds()).isEqualTo(1_000);
  }

  @Test
  void shouldSayWhyNothingFlows() {
    PeerStreamStatus.Builder refused =
        PeerStreamStatus.newBuilder().setDisconnectError("connection refused");
    assertThat(shown(DIALING, refused).getState()).isEqualTo(PeeringState.FAILING);
    assertThat(shown(DIALING, refused).getDetail().getReason())
        .isEqualTo("the other cluster is not connected: connection refused");
    assertThat(shown(ACCEPTING, refused).getDetail().getReason())
        .isEqualTo("the other cluster, which dials, is not connected: connection refused");
    assertThat(shown(ACCEPTING, PeerStreamStatus.newBuilder()).getDetail().getReason())
        .isEqualTo("the token was not redeemed yet");
    assertThat(shown(ACCEPTING, PeerStreamStatus.newBuilder()).hasStreamStatus()).isFalse();
  }

  @Test
  void shouldSayAtTheClusterThatIsDialedWhatToDoAboutASecretThatItDoesNotKnow() {
    PeerStreamStatus.Builder refused = PeerStreamStatus.newBuilder().setSecretRefusedMillis(1_500);
    String reason =
        "the other cluster, which dials, wanted to connect at 1970-01-01T00:00:01Z, by a secret that"
            + " is not known here, as after a restore of either cluster from an archive that is older"
            + " than the secret; generate a token here, and establish with it there under the same"
            + " name";
    assertThat(reasonOnceRedeemed(refused)).isEqualTo(reason);
    assertThat(shown(ACCEPTING, refused).getDetail().getReason()).isEqualTo(reason);
    assertThat(shown(ACCEPTING, refused).hasStreamStatus()).isFalse();
    assertThat(shown(ACCEPTING, refused.setDisconnectError("x")).getDetail().getReason())
        .isEqualTo(reason);
    assertThat(shown(ACCEPTING, refused.mergeFrom(CONNECTED)).getDetail().getReason()).isEmpty();
  }

  @Test
  void shouldNotSayOfThePeerWhatAnotherClusterDid() {
    PeerStreamStatus.Builder status =
        CONNECTED.toBuilder().setSilenceMillis(5_000).setStrangerRefusedMillis(960_500);
    String copy =
        "another cluster dialed at 1970-01-01T00:16:00Z by the peer's id, with a secret that is not"
            + " valid, and was refused: a copy of the peer that was restored elsewhere does so, and"
            + " is ended there";
    assertThat(shown(ACCEPTING, status).getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(shown(ACCEPTING, status).getDetail().getReason()).isEqualTo(copy);

    PeerStreamStatus.Builder lost = status.clone().setConnected(false).setDisconnectError("reset");
    assertThat(shown(ACCEPTING, lost).getDetail().getReason())
        .isEqualTo("the other cluster, which dials, is not connected: reset; " + copy);

    assertThat(shown(ACCEPTING, status.setSilenceMillis(261_000)).getDetail().getReason())
        .as("it comes no more")
        .doesNotContain("another cluster dialed");
    PeerStreamStatus.Builder alone = PeerStreamStatus.newBuilder().setStrangerRefusedMillis(5);
    assertThat(shown(ACCEPTING, alone).hasStreamStatus()).isFalse();
  }

  @Test
  void shouldTellWhyATokenWasRefusedWhileNothingIsConnected() {
    Peering begun = DIALING.toBuilder().setState(PeeringState.PENDING).build();
    PeerStreamStatus.Builder refused =
        PeerStreamStatus.newBuilder().setTokenRefusal("bad token").setTokenRefusedMillis(1_500);
    Peering shown = shown(begun, refused);
    assertThat(shown.getDetail().getReason())
        .startsWith("its token was not redeemed here")
        .endsWith("; the last attempt to establish it failed at 1970-01-01T00:00:01Z: bad token");
    assertThat(shown.hasStreamStatus()).isFalse();
    assertThat(shown(DIALING, refused.mergeFrom(CONNECTED)).getDetail().getReason()).isEmpty();
  }

  @Test
  void shouldCountNothingOfAPeeringThatEnded() {
    PeerStreamStatus.Builder held =
        PeerStreamStatus.newBuilder()
            .addReceipts(ServiceReceipt.newBuilder().setService("web"))
            .setImports(
                ImportAges.newBuilder()
                    .setConfirmed(1)
                    .addServices(ImportAge.newBuilder().setService("api").setConfirmedMillis(5)));
    assertThat(shown(DIALING, held).getDetail().getConfirmedImportsCount()).isEqualTo(1);
    Peering ended = DIALING.toBuilder().setState(PeeringState.TERMINATED).build();
    assertThat(shown(ended, held).getDetail().getConfirmedImportsCount()).isZero();
    assertThat(shown(ended, held).getDetail().getConfirmedExportsCount()).isZero();
  }

  @Test
  void shouldNotCallWellWhatIsNotAcknowledged() {
    PeerStreamStatus.Builder sent =
        CONNECTED.toBuilder().setUnacked(3).setOldestUnackedMillis(995_000);
    assertThat(shown(DIALING, sent).getDetail().getReason()).isEmpty();
    assertThat(shown(DIALING, sent.setSilenceMillis(6_000)).getDetail().getReason())
        .isEqualTo("connected, but exports that were not acknowledged for 11s: 3");
  }

  @Test
  void shouldTellAsReceivedWhatConsulTells() {
    PeerStreamStatus.Builder answered =
        CONNECTED.toBuilder().setLastReceiveSuccessMillis(900_000).setLastAckMillis(999_000);
    assertThat(receivedSeconds(answered)).as("an answer is no resource").isEqualTo(900);
    assertThat(receivedSeconds(answered.setLastNackMillis(999_000))).isEqualTo(900);
    assertThat(receivedSeconds(answered.setLastHeartbeatMillis(950_000))).isEqualTo(950);
    assertThat(receivedSeconds(answered.setLastReceiveErrorMillis(970_000))).isEqualTo(970);
  }

  private static String time(Timestamp at) {
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos()).toString();
  }

  private static long receivedSeconds(PeerStreamStatus.Builder status) {
    return shown(DIALING, status).getStreamStatus().getLastReceive().getSeconds();
  }

  @Test
  void shouldTellTheYearOneOfAStreamOnWhichNothingHappenedYet() {
    StreamStatus tracked = shown(DIALING, CONNECTED.toBuilder()).getStreamStatus();
    String none = "0001-01-01T00:00:00Z";
    assertThat(time(tracked.getLastReceive())).isEqualTo(none);
    assertThat(time(tracked.getLastSend())).isEqualTo(none);
    assertThat(tracked.hasLastHeartbeat()).isFalse();

    // Of one that an acceptor awaits since it leads, nothing is told.
    PeerStreamStatus.Builder awaited = PeerStreamStatus.newBuilder().setSilenceMillis(5_000);
    assertThat(shown(ACCEPTING, awaited).getStreamStatus().hasLastReceive()).isFalse();
    assertThat(shown(ACCEPTING, awaited).getStreamStatus().hasLastSend()).isFalse();
  }

  @Test
  void shouldSayWhatToDoAboutAPeeringThatTheOtherClusterForgot() {
    PeerStreamStatus.Builder forgotten =
        PeerStreamStatus.newBuilder()
            .setDisconnectError("initial subscription for unknown PeerID: edc2");
    assertThat(shown(DIALING, forgotten).getDetail().getReason())
        .startsWith("the other cluster does not know this peering; if it was deleted there");
  }

  @Test
  void shouldSayWhatToDoAboutASecretThatTheOtherClusterDoesNotKnow() {
    for (String refusal :
        List.of(
            "invalid peering stream secret",
            "unable to authorize connection, peering must be re-established")) {
      PeerStreamStatus.Builder refused = PeerStreamStatus.newBuilder().setDisconnectError(refusal);
      assertThat(shown(DIALING, refused).getDetail().getReason())
          .contains("an archive that is older than the secret; generate a token there");
    }
  }

  @Test
  void shouldTellWhichAddressIsInUseAndHowTheOthersFared() {
    DialedAddress.Builder failed =
        DialedAddress.newBuilder()
            .setAddress("vpn:1")
            .setLastError("no route to host")
            .setLastErrorMillis(5_000);
    DialedAddress.Builder newest = DialedAddress.newBuilder().setAddress("pub:1").setNewest(true);
    PeerStreamStatus.Builder up = CONNECTED.toBuilder().addDialed(failed).addDialed(newest);

    assertThat(shown(DIALING, up).getDetail().getCandidatesList())
        .extracting(
            DialCandidate::getAddress,
            DialCandidate::getInUse,
            DialCandidate::getLastError,
            each -> each.getLastErrorAt().getSeconds())
        .containsExactly(
            tuple("vpn:1", false, "no route to host", 5L), tuple("pub:1", true, "", 0L));
    assertThat(shown(DIALING, up.setConnected(false)).getDetail().getCandidatesList())
        .extracting(DialCandidate::getInUse)
        .containsExactly(false, false);
  }

  @Test
  void shouldKeepTheStateOfAPeeringThatEnds() {
    Peering ended = DIALING.toBuilder().setState(PeeringState.TERMINATED).build();
    Peering shown = shown(ended, CONNECTED.toBuilder());
    assertThat(shown.getState()).isEqualTo(PeeringState.TERMINATED);
    assertThat(shown.getDetail().getReason()).startsWith("the other cluster deleted the peering");
  }

  @Test
  void shouldNameWhatIsNotReplicatedThoughConnected() {
    Peering shown =
        shown(
            DIALING,
            CONNECTED.toBuilder()
                .putRefusedExports("big", "too large")
                .putExportsRefusedByPeer("web", "no room")
                .putRefusedImports(
                    "api",
                    ImportRefusal.newBuilder().setReason("full").setSinceMillis(2_000).build())
                .setImports(ImportAges.newBuilder().putUnsent("huge", 3_000)));

    assertThat(shown.getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(shown.getDetail().getReason())
        .isEqualTo(
            "connected, but not all is replicated: resources refused of ours 2, of theirs 2");
    assertThat(shown.getDetail().getExportProblemsList())
        .extracting(ExportProblem::getResource, ExportProblem::getByPeer)
        .containsExactly(tuple("big", false), tuple("web", true));
    assertThat(shown.getDetail().getImportProblemsList())
        .extracting(ImportProblem::getReason)
        .containsExactly(
            "full",
            "what the other cluster has of it is too large to be sent: it says there how large");
  }
}
