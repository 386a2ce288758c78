package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.ReconcileImport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatheredImportsTest {
  private static final long ENTRY_MILLIS = 10;

  private final SimTime time = new SimTime(1);
  private final FewAtOnce log = new FewAtOnce();
  private ToIntFunction<List<ReconcileImport>> fitting = List::size;
  private final GatheredImports gathered =
      new GatheredImports(time.newLoop(), log::submit, contents -> fitting.applyAsInt(contents));

  /**
   * A log that takes few commands at once, each with an entry of its own, and puts more into one
   * that fills up while another is on its way: as that of a server does.
   */
  private final class FewAtOnce {
    private static final int FEW = 4;

    private record Queued(Command command, CompletableFuture<CommandResult> answer) {}

    final List<List<Command>> entries = new ArrayList<>();
    Function<Command, ProblemCode> problem = command -> null;
    Consumer<Command> taking = command -> {};
    private final Deque<Queued> queue = new ArrayDeque<>();
    private int onTheirWay;

    CompletableFuture<CommandResult> submit(Command command) {
      taking.accept(command);
      Queued queued = new Queued(command, new CompletableFuture<>());
      queue.add(queued);
      send();
      return queued.answer();
    }

    private void send() {
      if (queue.isEmpty() || (onTheirWay > 0 && onTheirWay + queue.size() >= FEW)) {
        return;
      }
      List<Queued> entry = List.copyOf(queue);
      queue.clear();
      onTheirWay += entry.size();
      entries.add(entry.stream().map(Queued::command).toList());
      time.after(
          ENTRY_MILLIS,
          () -> {
            onTheirWay -= entry.size();
            send();
            entry.forEach(this::answer);
          });
    }

    private void answer(Queued queued) {
      ProblemCode refused = problem.apply(queued.command());
      if (refused == null) {
        queued.answer().complete(CommandResult.newBuilder().setDone(true).build());
      } else {
        queued.answer().completeExceptionally(new ProblemException(refused, "no"));
      }
    }

    List<String> services() {
      return entries.stream().flatMap(List::stream).flatMap(FewAtOnce::servicesOf).toList();
    }

    private static Stream<String> servicesOf(Command command) {
      return command.hasReconcileImport()
          ? Stream.of(command.getReconcileImport().getService())
          : command.getImportChanges().getChangesList().stream().map(ImportChange::getService);
    }
  }

  private CompletableFuture<CommandResult> submit(String service) {
    return submit(service, 0);
  }

  private CompletableFuture<CommandResult> submit(String service, int bytes) {
    return gathered.submit(
        Command.newBuilder()
            .setReconcileImport(
                ReconcileImport.newBuilder()
                    .setPeer("peer")
                    .setFence(7)
                    .setService(service)
                    .addInstances(
                        CheckServiceNode.newBuilder()
                            .setService(NodeService.newBuilder().setService("x".repeat(bytes)))))
            .build());
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toList();
  }

  /** Five come in the time that two entries take: few for the log, many for a stream. */
  @Test
  void shouldTakeAllThatComesWhileTheLastIsUnderWay() {
    List<CompletableFuture<CommandResult>> stored = new ArrayList<>();
    for (String name : names(300)) {
      stored.add(submit(name));
      time.runFor(2 * ENTRY_MILLIS / 5);
    }
    time.runFor(1_000);
    assertThat(stored).allSatisfy(each -> assertThat(each.join().getDone()).isTrue());
    assertThat(log.services()).containsExactlyElementsOf(names(300));
    assertThat(log.entries).hasSizeLessThan(300 / 2);
  }

  @Test
  void shouldLetOneThatComesAloneWaitForNothing() {
    submit("web");
    assertThat(log.entries).hasSize(1);
    assertThat(log.entries.get(0).get(0).hasReconcileImport()).isTrue();
    time.runFor(1_000);
    submit("db");
    assertThat(log.entries).hasSize(2);
  }

  @Test
  void shouldPutWhatComesTogetherIntoOneCommandOfItsStream() {
    names(4).forEach(this::submit);
    time.runFor(1_000);
    assertThat(log.entries).hasSize(2);
    Command together = log.entries.get(1).get(0);
    assertThat(together.getImportChanges().getPeer()).isEqualTo("peer");
    assertThat(together.getImportChanges().getFence()).isEqualTo(7);
    assertThat(together.getImportChanges().getChangesList())
        .extracting(ImportChange::getService)
        .containsExactly("s1", "s2", "s3");
    assertThat(together.getImportChanges().getChangesList())
        .allSatisfy(
            change -> {
              assertThat(change.getInstancesCount()).isEqualTo(1);
              assertThat(change.getMark().isEmpty()).isTrue();
              assertThat(change.getBase().isEmpty()).isTrue();
              assertThat(change.getGone()).isFalse();
            });
  }

  @Test
  void shouldBoundTheBytesOfACommand() {
    for (String name : names(8)) {
      submit(name, 200 << 10);
    }
    time.runFor(1_000);
    assertThat(log.services()).containsExactlyElementsOf(names(8));
    assertThat(log.entries.stream().flatMap(List::stream))
        .allSatisfy(each -> assertThat(each.getSerializedSize()).isLessThan(600 << 10));
  }

  @Test
  void shouldTryOneByOneWhereWhatOneHoldsIsRefused() {
    log.problem =
        command ->
            FewAtOnce.servicesOf(command).anyMatch("s2"::equals)
                ? ProblemCode.INVALID_ARGUMENT
                : null;
    List<CompletableFuture<CommandResult>> stored = names(4).stream().map(this::submit).toList();
    time.runFor(1_000);
    for (int i = 0; i < 4; i++) {
      assertThat(stored.get(i).isCompletedExceptionally()).as("s" + i).isEqualTo(i == 2);
    }
    assertThat(submit("later")).isNotDone();
    time.runFor(1_000);
    assertThat(log.services()).endsWith("later");
  }

  @Test
  void shouldTellAllWhereTheLogTookNone() {
    log.problem = command -> ProblemCode.NO_LEADER;
    List<CompletableFuture<CommandResult>> stored = names(4).stream().map(this::submit).toList();
    time.runFor(1_000);
    assertThat(stored).allSatisfy(each -> assertThat(each).isCompletedExceptionally());
    assertThat(log.services()).as("once each").containsExactlyElementsOf(names(4));
  }

  /** Whose peering has ended: none of them would be taken alone. */
  @Test
  void shouldTryNoneAloneWhereNoneMayBeStored() {
    log.problem = command -> ProblemCode.FAILED_PRECONDITION;
    List<CompletableFuture<CommandResult>> stored = names(4).stream().map(this::submit).toList();
    time.runFor(1_000);
    assertThat(stored).allSatisfy(each -> assertThat(each).isCompletedExceptionally());
    assertThat(log.entries).hasSize(2);
  }

  @Test
  void shouldLeaveToTheNextCommandWhatTakesTooMuchAway() {
    fitting = contents -> Math.min(3, contents.size());
    List<CompletableFuture<CommandResult>> stored = names(9).stream().map(this::submit).toList();
    time.runFor(1_000);
    assertThat(stored).allSatisfy(each -> assertThat(each).isCompleted());
    assertThat(log.services()).containsExactlyElementsOf(names(9));
    assertThat(log.entries.stream().map(List::size)).containsOnly(1);
    assertThat(log.entries).as("one, twice three, and two").hasSize(4);
  }

  /** The state can't be looked at, as at the end of a server. */
  @Test
  void shouldTellThoseThatCanNotBeWeighed() {
    submit("first");
    fitting =
        contents -> {
          throw new NoClassDefFoundError("a class that nobody missed");
        };
    List<CompletableFuture<CommandResult>> stored = names(4).stream().map(this::submit).toList();
    time.runFor(1_000);
    assertThat(stored).allSatisfy(each -> assertThat(each).isCompletedExceptionally());
    CompletableFuture<CommandResult> later = submit("later");
    time.runFor(1_000);
    assertThat(later).isCompleted();
  }

  /** One that no stream would live through, had it heard of it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void shouldTellAllOfAnErrorAndGoOn(int together) {
    log.taking =
        command -> {
          if (FewAtOnce.servicesOf(command).anyMatch(name -> name.startsWith("s"))) {
            throw new NoClassDefFoundError("a class that nobody missed");
          }
        };
    submit("first");
    List<CompletableFuture<CommandResult>> stored =
        names(together).stream().map(this::submit).toList();
    time.runFor(1_000);
    assertThat(stored)
        .allSatisfy(
            each ->
                assertThat(each)
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingRootCause()
                    .isInstanceOf(NoClassDefFoundError.class));
    CompletableFuture<CommandResult> later = submit("later");
    time.runFor(1_000);
    assertThat(later).isCompleted();
  }

  @Test
  void shouldHoldNothingElseBack() {
    submit("web");
    gathered.submit(
        Command.newBuilder().setOpenImports(OpenImports.newBuilder().setPeeringId("id")).build());
    assertThat(log.entries).hasSize(2);
  }
}
