package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.row.Server;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaderNewsTest {
  private final LeaderNews news =
      new LeaderNews(
          "id-1",
          raftId ->
              raftId.equals("id-9")
                  ? Optional.empty()
                  : Optional.of(Server.newBuilder().setNode(raftId.replace("id", "node")).build()));

  private Optional<String> line(long term, boolean self, String leader) {
    return news.line(
        new Standing(term, self, leader.isEmpty() ? Optional.empty() : Optional.of(leader)));
  }

  @Test
  void shouldNameTheLeaderOnceAndItsLossOnce() {
    assertThat(line(0, false, "")).as("a server that has just started").isEmpty();
    assertThat(line(1, false, "id-2")).contains("leader elected leader=node-2 term=1");
    assertThat(line(1, false, "")).contains("leader lost, an election follows was=node-2 term=1");
    assertThat(line(2, false, "")).isEmpty();
    assertThat(line(3, false, "")).isEmpty();
    assertThat(line(3, false, "id-9")).contains("leader elected leader=id-9 term=3");
    assertThat(line(4, false, "id-9")).contains("leader elected leader=id-9 term=4");
  }

  @Test
  void shouldTellOfThisServerOnceItCanLead() {
    assertThat(line(1, false, "id-1")).isEmpty();
    assertThat(line(1, true, "id-1"))
        .contains("leader elected, it is this server leader=node-1 term=1");
    assertThat(line(1, true, "id-1")).isEmpty();
    assertThat(line(2, false, "id-2")).contains("leader elected leader=node-2 term=2");
  }
}
