package io.hanse.peering.protocol;

import static io.hanse.peering.protocol.StreamProbe.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import org.junit.jupiter.api.Test;

/** Which end of a stream is heard how often, and how long it may be silent. */
class SignsOfLifeTest {
  private static final long SECOND = 1_000;

  /** How many heartbeats it sends, ticked once a second. */
  private static int heartbeats(StreamProbe probe, int seconds) {
    int count = 0;
    for (int i = 0; i < seconds; i++) {
      count += (int) probe.after(SECOND).sent().stream().filter(heartbeat()::equals).count();
    }
    return count;
  }

  /** After how many seconds it gives the other end up; the most if it does not. */
  private static int secondsUntilClosed(StreamProbe probe, int most) {
    for (int i = 1; i <= most; i++) {
      if (probe.after(SECOND).close().isPresent()) {
        return i;
      }
    }
    return most;
  }

  private static StreamProbe agreed(StreamProbe probe) {
    return probe.on(new Input.PromptHeartbeatsAgreed());
  }

  @Test
  void shouldSendHeartbeatsOftenWhereBothAnnouncedIt() {
    assertThat(heartbeats(StreamProbe.acceptor(), 60)).isEqualTo(4);
    assertThat(heartbeats(agreed(StreamProbe.acceptor()), 60)).isEqualTo(12);
    assertThat(heartbeats(StreamProbe.dialer(), 60))
        .as("who dials is found by dialing")
        .isEqualTo(4);
  }

  @Test
  void shouldGiveUpASilentAcceptorSoonOnlyWhereBothAnnouncedIt() {
    StreamProbe dialer = agreed(StreamProbe.dialer());
    assertThat(secondsUntilClosed(dialer, 200)).isEqualTo(10);
    LinkStatus status = dialer.close().orElseThrow().status();
    assertThat(status.code()).isEqualTo(LinkStatus.Code.UNAVAILABLE);
    assertThat(status.text()).contains("nothing came for 10 s");

    assertThat(secondsUntilClosed(StreamProbe.dialer(), 200)).as("a Consul").isEqualTo(120);
    assertThat(secondsUntilClosed(agreed(StreamProbe.acceptor()), 200)).isEqualTo(120);
  }

  @Test
  void shouldStayWithAnAcceptorThatIsHeard() {
    StreamProbe dialer = agreed(StreamProbe.dialer());
    for (int i = 0; i < 60; i++) {
      assertThat(secondsUntilClosed(dialer, 9)).isEqualTo(9);
      assertThat(dialer.close()).isEmpty();
      dialer.receive(heartbeat());
    }
  }

  @Test
  void shouldTakeAPartOfAMessageForASign() {
    StreamProbe dialer = agreed(StreamProbe.dialer());
    for (int i = 0; i < 10; i++) {
      dialer.on(new Input.PartReceived());
      secondsUntilClosed(dialer, 9);
      assertThat(dialer.close()).isEmpty();
    }
  }

  /** What comes then waits to be taken: a service that is being stored, for one. */
  @Test
  void shouldNotTakeItsOwnNotReadingForSilence() {
    StreamProbe dialer = StreamProbe.dialerWithRoomForOneImport();
    agreed(dialer)
        .receive(
            StreamProbe.response(
                "1", PeerResources.SERVICE, "web", StreamProbe.service("web", 80)));
    assertThat(dialer.all(Effect.Read.class)).isEmpty();
    assertThat(secondsUntilClosed(dialer, 100)).isEqualTo(100);
    assertThat(dialer.close()).isEmpty();
  }

  /** It was at a halt itself, and may have been sent much meanwhile. */
  @Test
  void shouldNotTakeItsOwnHaltForSilence() {
    StreamProbe dialer = agreed(StreamProbe.dialer());
    assertThat(dialer.after(60 * SECOND).close()).isEmpty();
    assertThat(dialer.receive(heartbeat()).close()).isEmpty();
    assertThat(secondsUntilClosed(dialer, 200)).isEqualTo(10);
  }
}
