package io.hanse.jepsen.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.history.Hold;
import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.SetHistory;
import io.hanse.jepsen.history.SetHistory.Addition;
import io.hanse.jepsen.history.SetHistory.Look;
import io.hanse.jepsen.history.WatchHistory;
import io.hanse.jepsen.history.WatchHistory.Sight;
import io.hanse.jepsen.history.WatchHistory.Write;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ChecksTest {
  @Nested
  class OfSets {
    private final SetHistory history = new SetHistory();

    @Test
    void shouldAcceptWhatMayBe() {
      history.add(new Addition(0, "a", 0, 10));
      history.add(new Addition(0, "late", 5, Operation.UNKNOWN));
      history.add(new Addition(0, "during", 18, 40));
      history.add(new Look(0, Set.of("a"), 15, 20));
      history.add(new Look(0, Set.of("a", "late", "during"), 50, 60));
      history.add(new Look(1, Set.of(), 50, 60));
      assertThat(SetCheck.check(history)).isEmpty();
    }

    @Test
    void shouldConvictALostElement() {
      history.add(new Addition(0, "a", 0, 10));
      history.add(new Look(0, Set.of(), 15, 20));
      assertThat(SetCheck.check(history)).singleElement().asString().contains("a, known since 10");
    }

    @Test
    void shouldConvictOneThatVanishes() {
      history.add(new Addition(0, "a", 0, Operation.UNKNOWN));
      history.add(new Look(0, Set.of("a"), 5, 10));
      history.add(new Look(0, Set.of(), 15, 20));
      assertThat(SetCheck.check(history)).hasSize(1);
    }

    @Test
    void shouldConvictOneThatNobodyAdded() {
      history.add(new Addition(0, "later", 30, 40));
      history.add(new Look(0, Set.of("ghost"), 5, 10));
      history.add(new Look(0, Set.of("later", "ghost"), 15, 20));
      assertThat(SetCheck.check(history)).hasSize(3);
    }
  }

  @Nested
  class OfLocks {
    @Test
    void shouldAcceptHoldsInTurn() {
      assertThat(LockCheck.check(List.of(hold(0, 10, 1), hold(20, 30, 0), hold(40, 50, 3))))
          .isEmpty();
    }

    @Test
    void shouldConvictTwoAtOnce() {
      assertThat(LockCheck.check(List.of(hold(0, 100, 1), hold(10, 20, 2), hold(50, 60, 3))))
          .hasSize(2);
    }

    @Test
    void shouldConvictAFenceThatStands() {
      assertThat(LockCheck.check(List.of(hold(0, 10, 2), hold(20, 30, 2)))).hasSize(1);
    }

    private Hold hold(long from, long until, long fence) {
      return new Hold("lock", "p" + from, from, until, fence);
    }
  }

  @Nested
  class OfWatches {
    private final WatchHistory history = new WatchHistory();
    private final Sight last = new Sight("the end", "c", 9, 9);

    @Test
    void shouldAcceptPartsOfOneHistory() {
      history.add(new Write("a"));
      history.add(new Write("c"));
      see("one", "a", 3, 3);
      see("one", "unknown", 5, 6);
      see("one", "c", 9, 9);
      see("two", "c", 9, 9);
      assertThat(WatchCheck.check(history, last)).isEmpty();
    }

    @Test
    void shouldConvictTimeThatGoesBack() {
      see("one", "c", 9, 9);
      see("one", "a", 3, 3);
      see("one", "c", 9, 9);
      assertThat(WatchCheck.check(history, last)).singleElement().asString().contains("went back");
    }

    @Test
    void shouldConvictTwoValuesAtOneIndex() {
      see("one", "b", 9, 9);
      assertThat(WatchCheck.check(history, last)).singleElement().asString().contains("one index");
    }

    @Test
    void shouldConvictAMissedEnd() {
      see("one", "a", 3, 3);
      assertThat(WatchCheck.check(history, last)).singleElement().asString().contains("never saw");
    }

    @Test
    void shouldConvictWritesOutOfOrder() {
      history.add(new Write("a"));
      history.add(new Write("b"));
      history.add(new Write("c"));
      see("one", "b", 3, 3);
      see("one", "a", 5, 5);
      see("one", "c", 9, 9);
      assertThat(WatchCheck.check(history, last)).singleElement().asString().contains("a at 5");
    }

    private void see(String watcher, String value, long modifyIndex, long index) {
      history.add(new Sight(watcher, value, modifyIndex, index));
    }
  }
}
