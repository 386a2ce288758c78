package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.RemoteInfo;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which address comes next. */
class DialRingTest {
  private final DialRing ring = new DialRing();

  private static Dialable to(String... addresses) {
    List<DialCandidate> ways =
        Stream.of(addresses)
            .map(address -> DialCandidate.newBuilder().setAddress(address).build())
            .toList();
    return new Dialable(Peering.getDefaultInstance(), ways, "", 0, RemoteInfo.getDefaultInstance());
  }

  private List<String> next(int count, Dialable dialed) {
    return Stream.generate(() -> ring.next(dialed).address()).limit(count).toList();
  }

  @Test
  void shouldGoRound() {
    assertThat(next(4, to("a", "b", "c"))).containsExactly("a", "b", "c", "a");
  }

  @Test
  void shouldHaveWhatWasLostWaitForAllOthers() {
    ring.lost("a");
    assertThat(next(5, to("a", "b", "c"))).containsExactly("b", "c", "a", "b", "c");
  }

  @Test
  void shouldTryOnceAndOutOfTurnWhatIsNamedFirstByNow() {
    Dialable before = to("a", "b", "c");
    assertThat(next(1, before)).containsExactly("a");
    Dialable now = to("c", "a", "b");
    assertThat(ring.reordered(before, now, 0)).isTrue();
    assertThat(next(3, now)).containsExactly("c", "a", "b");
    assertThat(ring.reordered(now, before, DialRing.FORE_AGAIN_MILLIS - 1)).isFalse();
    assertThat(ring.reordered(now, before, DialRing.FORE_AGAIN_MILLIS)).isTrue();
  }

  /** Another address may have been dialed in its place, as one that a server has named. */
  @Test
  void shouldForgetWhatWasNamedFirstOnceItBeginsAnew() {
    Dialable before = to("a", "b");
    Dialable now = to("b", "a");
    ring.reordered(before, now, 0);
    ring.begin();
    assertThat(next(1, to("c", "b"))).containsExactly("c");

    ring.reordered(before, now, DialRing.FORE_AGAIN_MILLIS);
    ring.lost("b");
    assertThat(next(2, now)).containsExactly("a", "b");
  }
}
