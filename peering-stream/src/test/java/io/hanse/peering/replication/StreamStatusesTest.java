package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ServiceReceipt;
import io.hanse.peering.protocol.Effect;
import org.junit.jupiter.api.Test;

class StreamStatusesTest {
  private final StreamStatuses statuses = new StreamStatuses(() -> 0);
  private final Object stream = new Object();

  private long confirmedMillis(PeerStreamStatus.Builder status) {
    statuses.report("id", stream, status.setLastHeardMillis(9_000).build(), 9_000);
    return statuses.shown("id", /* inDetail= */ true).getReceiptsList().stream()
        .mapToLong(ServiceReceipt::getConfirmedMillis)
        .sum();
  }

  @Test
  void shouldTakeWhatWasConfirmedForHeldWhileNothingIsUnderWay() {
    statuses.claim("id", stream);
    statuses.confirmed("id", stream, new Effect.Confirmed("web", 1, 2, false), 1_000);
    PeerStreamStatus.Builder status = PeerStreamStatus.newBuilder().setConnected(true);
    assertThat(confirmedMillis(status)).isEqualTo(9_000);
    assertThat(confirmedMillis(status.setUnacked(1))).isEqualTo(1_000);
    assertThat(confirmedMillis(status.setUnacked(0).setConnected(false))).isEqualTo(1_000);
  }

  @Test
  void shouldForgetWhyATokenWasRefusedAtTheNextAttempt() {
    statuses.tokenRefused("id", "bad token", 5);
    assertThat(statuses.shown("id", false).getTokenRefusal()).isEqualTo("bad token");
    assertThat(statuses.shown("id", false).getTokenRefusedMillis()).isEqualTo(5);
    statuses.tokenRefused("id", "", 6);
    assertThat(statuses.shown("id", false)).isEqualTo(PeerStreamStatus.getDefaultInstance());
  }
}
