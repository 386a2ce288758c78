package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.TableId;
import io.hanse.peering.Mistakes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedQueryTest {
  private final SimTime time = new SimTime(1);
  private final Mistakes made = new Mistakes();

  @Test
  void shouldGiveAgainWhatWasNotTakenIn() {
    List<Integer> answers = new ArrayList<>();
    int[] mistakes = {2};
    try (SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {})) {
      WatchedQuery.start(
          time.newLoop(),
          cluster,
          view -> view.size(TableId.NODES),
          answer -> {
            if (mistakes[0]-- > 0) {
              throw made.next();
            }
            answers.add(answer);
          });
      time.runFor(5_000);
      assertThat(answers).containsExactly(0);
      cluster.apply(SimCommands.register("n1", "web", 80, "passing"));
      time.runFor(1_000);
      assertThat(answers).containsExactly(0, 1);
    }
  }

  @Test
  void shouldAskAgainAfterAMistake() {
    List<Integer> answers = new ArrayList<>();
    boolean[] isBroken = {true};
    try (SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {})) {
      WatchedQuery.start(
          time.newLoop(),
          cluster,
          view -> {
            if (isBroken[0]) {
              throw made.next();
            }
            return view.size(TableId.NODES);
          },
          answers::add);
      time.runFor(500);
      isBroken[0] = false;
      time.runFor(2_000);
      assertThat(answers).containsExactly(0);
    }
  }

  /** All watches are taken, as by more proxies and services than a server is made for. */
  @Test
  void shouldTellLateWhatNobodyCanWatch() {
    List<Integer> answers = new ArrayList<>();
    try (WatchedState state = new WatchedState()) {
      state.isFull = true;
      WatchedQuery<Integer> query =
          WatchedQuery.start(
              state.time.newLoop(), state, view -> view.size(TableId.NODES), answers::add);
      state.time.runFor(500);
      assertThat(answers).containsExactly(0);
      state.cluster.apply(SimCommands.register("n1", "web", 80, "passing"));
      state.time.runFor(WatchedQuery.UNWATCHED_MILLIS);
      assertThat(answers).containsExactly(0, 1);

      state.isFull = false;
      state.time.runFor(WatchedQuery.UNWATCHED_MILLIS);
      state.cluster.apply(SimCommands.register("n2", "web", 80, "passing"));
      state.wakeAll();
      state.time.runFor(500);
      assertThat(answers).endsWith(2).hasSize(4);
      query.close();
      assertThat(state.waiting()).isZero();
    }
  }
}
