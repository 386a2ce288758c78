package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Membership;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Several ask at once that an agent leaves, while it tells the catalog something. */
class DepartureTest {
  private final TellingAgent agent = new TellingAgent();
  private final VirtualTime time = agent.time;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Members members = new Members();
  private final Departure departure = new Departure(members, agent.entropy, timer);

  @AfterEach
  void close() {
    timer.shutdownNow();
    agent.close();
  }

  private void passThatHangs() {
    agent.start();
    agent.holdAnswers();
    agent.register("web");
  }

  private static void fail(CompletableFuture<Void> leaving) {
    leaving.completeExceptionally(new ProblemException(ProblemCode.NO_LEADER, "nobody leads"));
  }

  @Test
  void shouldLeaveOnceAndAnswerAllWhoAsked() {
    passThatHangs();
    CompletableFuture<Void> first = departure.run();
    time.run();
    CompletableFuture<Void> second = departure.run();
    time.run();
    assertThat(members.asked).as("a pass is under way").isZero();

    agent.giveAnswers();
    assertThat(members.asked).isOne();
    members.leaving.complete(null);
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(departure.left()).succeedsWithin(10, TimeUnit.SECONDS);
    assertThat(departure.run()).as("it has left").isCompleted();
    assertThat(members.asked).isOne();
  }

  @Test
  void shouldGoOnOnceWhereItFailedAndLeaveWhenAskedAgain() {
    passThatHangs();
    CompletableFuture<Void> first = departure.run();
    CompletableFuture<Void> second = departure.run();
    time.run();
    agent.giveAnswers();
    int before = agent.told;
    agent.register("api");
    assertThat(agent.told).as("held").isEqualTo(before);
    fail(members.leaving);
    time.run();
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(agent.told).as("it goes on").isGreaterThan(before);

    members.leaving = new CompletableFuture<>();
    CompletableFuture<Void> third = departure.run();
    time.run();
    assertThat(members.asked).isEqualTo(2);
    members.leaving.complete(null);
    assertThat(third).isCompleted();
  }

  @Test
  void shouldStopOnceItIsFoundToHaveLeftThoughThatFailed() {
    passThatHangs();
    agent.giveAnswers();
    CompletableFuture<Void> leaving = departure.run();
    time.run();
    fail(members.leaving);
    time.run();
    assertThat(leaving).isCompletedExceptionally();
    assertThat(departure.left()).isNotDone();

    departure.foundGone();
    time.run();
    assertThat(departure.left()).isCompleted();
    int before = agent.told;
    agent.register("api");
    assertThat(agent.told).as("held").isEqualTo(before);
  }

  @Test
  void shouldSayInWordsWhyItDidNotLeave() {
    Logger logger = (Logger) LoggerFactory.getLogger(Departure.class);
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    told.start();
    logger.addAppender(told);
    try {
      // As what comes of a chain of futures is wrapped.
      CompletableFuture<Void> asked = new CompletableFuture<>();
      members.leaving = asked.thenRun(() -> {});
      CompletableFuture<Void> leaving = departure.run();
      time.run();
      fail(asked);
      assertThat(leaving).isCompletedExceptionally();
    } finally {
      logger.detachAppender(told);
    }
    assertThat(told.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .contains("the cluster was not left cause=\"nobody leads\"");
  }

  @Test
  void shouldNotEndForAllWhereOneGivesUp() {
    CompletableFuture<Void> first = departure.run();
    CompletableFuture<Void> second = departure.run();
    CompletableFuture<Void> patient = departure.run();
    fail(first);
    fail(second);
    time.run();
    assertThat(patient).isNotDone();
    members.leaving.complete(null);
    assertThat(patient).isCompleted();
  }

  private static final class Members implements Membership {
    CompletableFuture<Void> leaving = new CompletableFuture<>();
    int asked;

    @Override
    public CompletableFuture<Void> leave() {
      asked++;
      return leaving;
    }

    @Override
    public CompletableFuture<List<Member>> members() {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Member> knownMembers() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int commandLevel() {
      return 0;
    }

    @Override
    public CompletableFuture<Void> transferLeadership(Optional<String> raftId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> remove(String raftId) {
      throw new UnsupportedOperationException();
    }
  }
}
