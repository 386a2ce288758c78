package io.hanse.peering.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpeningTest {
  private static final String ID = "11111111-2222-3333-4444-555555555555";

  private static final Opening.Stored STORED =
      new Opening.Stored() {
        @Override
        public Optional<Peering> peering(String id) {
          return Optional.of(Peering.newBuilder().setId(ID).build()).filter(p -> id.equals(ID));
        }

        @Override
        public Optional<PeeringSecrets> secrets(String id) {
          return Optional.of(PeeringSecrets.newBuilder().setPendingStream("s").build());
        }

        @Override
        public boolean isTrustReady() {
          return true;
        }
      };

  private static Opening.Verdict judge(ReplicationMessage.Open.Builder open) {
    return Opening.judge(ReplicationMessage.newBuilder().setOpen(open).build(), STORED);
  }

  @Test
  void shouldRepeatLittleOfWhatIsNoIdAndOnOneLine() {
    Opening.Verdict verdict =
        judge(ReplicationMessage.Open.newBuilder().setPeerId("x\ny" + "z".repeat(1 << 20)));

    String text = ((Opening.Refused) verdict).status().text();
    assertThat(text).startsWith("failed to find PeerID: x\\nyz").hasSizeLessThan(128);
  }

  @Test
  void shouldNotStoreAnythingLargeOfADialer() {
    ReplicationMessage.Open.Builder open =
        ReplicationMessage.Open.newBuilder()
            .setPeerId(ID)
            .setStreamSecretId("s")
            .setRemote(RemoteInfo.newBuilder().setDatacenter("d".repeat(5_000)));

    assertThat(judge(open)).isInstanceOf(Opening.Refused.class);
    open.getRemoteBuilder().setDatacenter("dc1");
    assertThat(judge(open)).isInstanceOf(Opening.Promote.class);
  }
}
