package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedQueryTest {
  private final SimTime time = new SimTime(1);

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
              throw new IllegalStateException("a mistake");
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
}
