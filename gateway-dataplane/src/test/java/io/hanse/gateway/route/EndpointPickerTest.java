package io.hanse.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.proto.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointPickerTest {
  private long nanos;
  private final EndpointPicker picker = new EndpointPicker(() -> nanos);

  @Test
  void shouldFollowTheWeights() {
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 3), endpoint(3, true, 6)));
    assertThat(picks(1000)).isEqualTo(Map.of(1, 100, 2, 300, 3, 600));
    picker.update(List.of(endpoint(1, true, 128), endpoint(2, true, 1000)));
    assertThat(picks(256)).isEqualTo(Map.of(1, 128, 2, 128));
  }

  @Test
  void shouldLeaveOutTheUnhealthy() {
    picker.update(List.of(endpoint(1, false, 1), endpoint(2, true, 1), endpoint(3, true, 0)));
    assertThat(picks(10)).isEqualTo(Map.of(2, 10));
    picker.update(List.of(endpoint(1, false, 1)));
    assertThat(picker.pick(List.of())).isEmpty();
  }

  @Test
  void shouldNotOfferWhatWasTried() {
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    Destination first = picker.pick(List.of()).orElseThrow();
    Destination second = picker.pick(List.of(first)).orElseThrow();
    assertThat(second).isNotSameAs(first);
    assertThat(picker.pick(List.of(first, second))).isEmpty();
  }

  @Test
  void shouldEjectAfterFiveFailuresInARow() {
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    Destination bad = find(1);
    fail(bad, 4);
    picker.succeeded(bad);
    fail(bad, 4);
    assertThat(picks(10)).hasSize(2);
    fail(bad, 1);
    assertThat(picks(10)).isEqualTo(Map.of(2, 10));
    assertThat(picker.ejections()).isOne();
  }

  @Test
  void shouldTakeBackASecondLaterWhatAnswersAgain() {
    Destination restarted = ejected();
    seconds(1);
    assertThat(picks(10)).as("one tries it, and the others do not").containsEntry(1, 1);
    picker.connected(restarted);
    assertThat(picks(10)).as("nothing came back yet").isEqualTo(Map.of(2, 10));
    picker.succeeded(restarted);
    fail(restarted, 4);
    assertThat(picks(10)).isEqualTo(Map.of(1, 5, 2, 5));
  }

  /** As a sidecar does that is well, before an application that is not. */
  @Test
  void shouldLoseOneCallATrialToWhatOnlyTakesConnections() {
    Destination dead = ejected();
    for (int wait : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      seconds(wait);
      assertThat(picks(10)).as("%d s are over", wait).containsEntry(1, 1);
      picker.connected(dead);
      assertThat(picks(10)).as("taken after %d s", wait).isEqualTo(Map.of(2, 10));
      fail(dead, 1);
    }
  }

  /** As one that answers late, or never. */
  @Test
  void shouldTakeBackByDegreesWhatHoldsItsConnections() {
    Destination silent = ejected();
    seconds(1);
    for (int i = 0; i < 10; i++) {
      assertThat(picks(10)).as("one at a time").containsEntry(1, 1);
      picker.connected(silent);
      millis(100);
    }
    assertThat(picks(10)).isEqualTo(Map.of(1, 5, 2, 5));
    fail(silent, 1);
    assertThat(picks(10)).as("its next failure is one too many").isEqualTo(Map.of(2, 10));
    seconds(2);
    assertThat(picks(10)).containsEntry(1, 1);
  }

  /** It is as far away as that: by then nobody knows how the first call has ended. */
  @Test
  void shouldLetTheNextWaitForAsLongAsTheFirstHasTaken() {
    Destination far = ejected();
    seconds(1);
    assertThat(picks(10)).containsEntry(1, 1);
    millis(400);
    picker.connected(far);
    millis(399);
    assertThat(picks(10)).isEqualTo(Map.of(2, 10));
    millis(1);
    assertThat(picks(10)).containsEntry(1, 1);
  }

  /** Where all others have failed a caller. */
  @Test
  void shouldTryEachOfThoseThatAreEjectedInTurns() {
    picker.update(IntStream.rangeClosed(1, 20).mapToObj(port -> endpoint(port, true, 1)).toList());
    List<Destination> all = IntStream.rangeClosed(1, 20).mapToObj(this::find).toList();
    fail(all.get(0), 5);
    fail(all.get(1), 5);
    assertThat(picker.ejectedCount()).isEqualTo(2);
    List<Destination> tried = all.subList(2, 20);
    assertThat(picker.pick(tried)).contains(all.get(0));
    assertThat(picker.pick(tried)).contains(all.get(1));
    fail(all.get(0), 1);
    fail(all.get(1), 1);
    assertThat(picker.pick(tried)).contains(all.get(0));
  }

  @Test
  void shouldTryWhatIsDeadLessAndLessOften() {
    Destination dead = ejected();
    for (int wait : new int[] {1, 2, 4, 8, 16, 30, 30, 30}) {
      seconds(wait - 1);
      assertThat(picks(10)).as("%d s are not over", wait).isEqualTo(Map.of(2, 10));
      seconds(1);
      assertThat(picks(10)).as("%d s are over", wait).containsEntry(1, 1);
      fail(dead, 1);
      fail(dead, 50); // Those are calls from before.
    }
    assertThat(picker.ejections()).isEqualTo(9);
  }

  @Test
  void shouldForgiveWhatIsWellForAsLongAsItWasEjected() {
    Destination restarted = ejected();
    seconds(1);
    picks(2);
    fail(restarted, 1);
    seconds(2);
    picks(2);
    picker.succeeded(restarted);
    seconds(1);
    fail(restarted, 5);
    seconds(3);
    assertThat(picks(10)).as("the third in a row lasts for 4 s").isEqualTo(Map.of(2, 10));
    seconds(1);
    picks(2);
    picker.succeeded(restarted);
    seconds(4 + 2 + 1);
    fail(restarted, 5);
    seconds(1);
    assertThat(picks(10)).containsEntry(1, 1);
  }

  /** Who tried it may have left before anything was known. */
  @Test
  void shouldTryOnceMoreWhereATrialCameToNothing() {
    ejected();
    seconds(1);
    assertThat(picks(10)).containsEntry(1, 1);
    seconds(9);
    assertThat(picks(10)).isEqualTo(Map.of(2, 10));
    seconds(1);
    assertThat(picks(10)).containsEntry(1, 1);
  }

  @Test
  void shouldBelieveChecksThatFindItWellAgain() {
    ejected();
    picker.update(List.of(endpoint(1, false, 1), endpoint(2, true, 1)));
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    assertThat(picks(10)).isEqualTo(Map.of(1, 5, 2, 5));
  }

  @Test
  void shouldNeverEjectTheLastOne() {
    picker.update(List.of(endpoint(1, true, 1)));
    fail(find(1), 50);
    assertThat(picks(3)).isEqualTo(Map.of(1, 3));
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    fail(find(1), 5);
    fail(find(2), 50);
    assertThat(picks(4)).isEqualTo(Map.of(2, 4));
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, false, 1)));
    assertThat(picks(4)).as("ejected, but all there is").isEqualTo(Map.of(1, 4));
  }

  @Test
  void shouldRememberOverUpdates() {
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    fail(find(1), 5);
    picker.update(List.of(endpoint(2, true, 1), endpoint(1, true, 1), endpoint(3, true, 1)));
    Map<Integer, Integer> picks = picks(100);
    assertThat(picks).containsOnlyKeys(2, 3);
    assertThat(picks.get(2)).isBetween(40, 60);
  }

  /** The first of two. */
  private Destination ejected() {
    picker.update(List.of(endpoint(1, true, 1), endpoint(2, true, 1)));
    Destination bad = find(1);
    fail(bad, 5);
    assertThat(picks(10)).isEqualTo(Map.of(2, 10));
    return bad;
  }

  private void seconds(int count) {
    millis(count * 1_000);
  }

  private void millis(int count) {
    nanos += count * 1_000_000L;
  }

  private void fail(Destination destination, int times) {
    for (int i = 0; i < times; i++) {
      picker.failed(destination);
    }
  }

  private Destination find(int port) {
    for (int i = 0; i < 100; i++) {
      Destination found = picker.pick(List.of()).orElseThrow();
      if (found.address().getPort() == port) {
        return found;
      }
    }
    throw new AssertionError("never picked " + port);
  }

  private Map<Integer, Integer> picks(int count) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      counts.merge(picker.pick(List.of()).orElseThrow().address().getPort(), 1, Integer::sum);
    }
    return counts;
  }

  private static Endpoint endpoint(int port, boolean healthy, int weight) {
    return Endpoint.newBuilder()
        .setAddress("127.0.0.1")
        .setPort(port)
        .setHealthy(healthy)
        .setWeight(weight)
        .build();
  }
}
