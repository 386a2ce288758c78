package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.Stage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FormationNewsTest {
  private long seconds = 100;

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
    return new FormationNews(settings, () -> seconds * 1_000_000_000, line -> {});
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
    Logger logger = (Logger) LoggerFactory.getLogger(FormationNews.class);
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    told.start();
    logger.addAppender(told);
    try {
      FormationNews news = news(3);
      for (int i = 1; i <= 70; i++) {
        seconds++;
        news.waits(List.of());
      }
      assertThat(told.list)
          .hasSize(2)
          .extracting(ILoggingEvent::getFormattedMessage)
          .containsOnly(news.line(List.of()));
    } finally {
      logger.detachAppender(told);
    }
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
