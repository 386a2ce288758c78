package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.Stage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FormationNewsTest {
  private long seconds = 100;

  private final List<String> told = new ArrayList<>();

  private FormationNews news(int expect, String... retryJoin) {
    RaftSettings settings =
        new RaftSettings(
            Path.of("unused"),
            Server.getDefaultInstance(),
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            Optional.empty(),
            new RaftSettings.Bootstrap(expect, List.of(retryJoin)),
            RaftSettings.Timing.defaults(),
            RaftSettings.Limits.defaults());
    return new FormationNews(settings, () -> seconds * 1_000_000_000, told::add);
  }

  private static Account other(String node, int expect) {
    return Account.newBuilder()
        .setServer(Server.newBuilder().setNode(node))
        .setStage(Stage.STAGE_EMPTY)
        .setBootstrapExpect(expect)
        .build();
  }

  @Test
  void shouldBeDueAfterAWhileAndThenEachMinute() {
    FormationNews news = news(3);
    StringBuilder due = new StringBuilder();
    for (int i = 1; i <= 140; i++) {
      seconds++;
      due.append(news.isDue() ? i + " " : "");
    }
    assertThat(due).hasToString("10 70 130 ");
  }

  @Test
  void shouldSayNothingInBetween() {
    FormationNews news = news(3);
    for (int i = 1; i <= 70; i++) {
      seconds++;
      news.waits(List.of());
    }
    assertThat(told).hasSize(2).containsOnly(news.line(List.of()));
  }

  @Test
  void shouldSayHowManyServersAreMissing() {
    assertThat(news(3).line(List.of()))
        .isEqualTo(
            "no cluster yet, nothing can be read or written: this server waits for 3 servers to"
                + " begin with (bootstrap_expect), has 1; no other server answers others=[]"
                + " retry_join=[]");
    assertThat(news(3, "10.0.0.2:8301").line(List.of(other("s2", 3))))
        .endsWith("has 2 others=[s2:expects=3] retry_join=[10.0.0.2:8301]");
  }

  @Test
  void shouldShowWhoExpectsAnotherNumber() {
    assertThat(news(3).line(List.of(other("s3", 3), other("s2", 2))))
        .endsWith("has 2 others=[s2:expects=2, s3:expects=3] retry_join=[]");
  }

  @Test
  void shouldNotCountOneThatBeginsWithOthers() {
    Account elsewhere = other("s2", 3).toBuilder().setStage(Stage.STAGE_FORMING).build();
    assertThat(news(3).line(List.of(elsewhere))).contains("has 1 others=[s2:expects=3]");
  }

  @Test
  void shouldSayThatOneWhichExpectsNoneOnlyJoins() {
    assertThat(news(0, "10.0.0.2:8301").line(List.of()))
        .endsWith(
            "this server joins servers of a cluster (no bootstrap_expect here), and reaches none;"
                + " no other server answers others=[] retry_join=[10.0.0.2:8301]");
  }
}
