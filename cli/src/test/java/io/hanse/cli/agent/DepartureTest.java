package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.NodeService;
import io.hanse.http.LocalCluster;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several ask at once that an agent leaves, while it tells the catalog something. */
class DepartureTest {
  private final VirtualTime time = new VirtualTime();
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Members members = new Members();
  private LocalRegistry registry = LocalRegistry.EMPTY;
  private CompletableFuture<CommandResult> answer =
      CompletableFuture.completedFuture(CommandResult.getDefaultInstance());
  private int told;
  private final AntiEntropy entropy =
      new AntiEntropy(
          new AgentIdentity(
              "n1",
              "aaaaaaaa-0000-4000-8000-000000000001",
              "dc1",
              "127.0.0.1",
              "127.0.0.1",
              Map.of()),
          time,
          cluster,
          this::submit,
          () -> registry);
  private final Departure departure = new Departure(members, entropy, timer);

  private CompletableFuture<CommandResult> submit(Command command) {
    told++;
    return answer;
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
    cluster.close();
  }

  private void register(String service) {
    registry =
        registry.with(
            AgentService.newBuilder()
                .setRow(NodeService.newBuilder().setId(service).setService(service))
                .build());
    entropy.changed();
    time.run();
  }

  private void passThatHangs() {
    entropy.start();
    time.run();
    answer = new CompletableFuture<>();
    register("web");
  }

  private void endPass() {
    answer.complete(CommandResult.getDefaultInstance());
    time.run();
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

    endPass();
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
    endPass();
    int before = told;
    register("api");
    assertThat(told).as("held").isEqualTo(before);
    fail(members.leaving);
    time.run();
    assertThat(first).isCompletedExceptionally();
    assertThat(second).isCompletedExceptionally();
    assertThat(told).as("it goes on").isGreaterThan(before);

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
    endPass();
    CompletableFuture<Void> leaving = departure.run();
    time.run();
    fail(members.leaving);
    time.run();
    assertThat(leaving).isCompletedExceptionally();
    assertThat(departure.left()).isNotDone();

    departure.foundGone();
    time.run();
    assertThat(departure.left()).isCompleted();
    int before = told;
    register("api");
    assertThat(told).as("held").isEqualTo(before);
  }

  @Test
  void shouldNotEndForAllWhereOneGivesUp() {
    CompletableFuture<Void> impatient = departure.run();
    CompletableFuture<Void> patient = departure.run();
    fail(impatient);
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
