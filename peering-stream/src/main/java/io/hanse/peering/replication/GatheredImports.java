package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemCode.Category;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.ReconcileImport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;

/**
 * Has services that a peer sends one by one share commands: those that come while one is under way
 * go together in the next. The log would take up to three at a time, with an entry each, since it
 * can't tell them from the writes of few clients; but these have somebody who waits for each.
 *
 * <p>Holds no more than its stream has read and not stored. Used on its loop only.
 */
final class GatheredImports {
  /** So that other writes wait no longer for a command than for some others. */
  private static final int GROUP_BYTES_MAX = 512 << 10;

  private record Waiting(Command command, CompletableFuture<CommandResult> answer) {
    int bytes() {
      return command.getSerializedSize();
    }

    void complete(CommandResult result, Throwable failure) {
      if (failure == null) {
        answer.complete(result);
      } else {
        answer.completeExceptionally(failure);
      }
    }
  }

  private final Loop loop;
  private final CommandSubmitter log;
  private final ToIntFunction<List<ReconcileImport>> fitting;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean isUnderWay;

  /**
   * For one stream.
   *
   * @param fitting how many of some contents, from the first on, one command may take for the rows
   *     that they take away: at least one
   */
  GatheredImports(Loop loop, CommandSubmitter log, ToIntFunction<List<ReconcileImport>> fitting) {
    this.loop = loop;
    this.log = log;
    this.fitting = fitting;
  }

  /** Completes on any thread, as the log does. */
  CompletableFuture<CommandResult> submit(Command command) {
    if (!command.hasReconcileImport()) {
      return log.submit(command);
    }
    Waiting added = new Waiting(command, new CompletableFuture<>());
    waiting.add(added);
    if (!isUnderWay) {
      send();
    }
    return added.answer();
  }

  private void send() {
    List<Waiting> group = take();
    isUnderWay = !group.isEmpty();
    if (group.size() > 1) {
      try {
        putBackAllBut(fitting.applyAsInt(contents(group)), group);
      } catch (RuntimeException | Error e) {
        group.forEach(each -> each.answer().completeExceptionally(e));
        loop.execute(this::send);
        return;
      }
    }
    if (group.size() == 1) {
      alone(group);
    } else if (isUnderWay) {
      together(group);
    }
  }

  private List<Waiting> take() {
    List<Waiting> group = new ArrayList<>();
    int bytes = 0;
    while (!waiting.isEmpty()) {
      bytes += waiting.element().bytes();
      if (bytes > GROUP_BYTES_MAX && !group.isEmpty()) {
        break;
      }
      group.add(waiting.remove());
    }
    return group;
  }

  private static List<ReconcileImport> contents(List<Waiting> group) {
    return group.stream().map(each -> each.command().getReconcileImport()).toList();
  }

  /** They are the first of the next. */
  private void putBackAllBut(int count, List<Waiting> group) {
    while (group.size() > count) {
      waiting.addFirst(group.remove(group.size() - 1));
    }
  }

  /** Where one of them is refused for what it holds, the others are not to blame. */
  private void together(List<Waiting> group) {
    Attempt.of(() -> log.submit(commandOf(group)))
        .whenComplete(
            (result, failure) -> {
              if (failure != null && isOfContent(failure)) {
                alone(group);
                return;
              }
              // The next are on their way before what becomes of these costs time.
              loop.execute(this::send);
              group.forEach(each -> each.complete(result, failure));
            });
  }

  private void alone(List<Waiting> group) {
    List<CompletableFuture<CommandResult>> all = new ArrayList<>();
    for (Waiting each : group) {
      all.add(Attempt.of(() -> log.submit(each.command())).whenComplete(each::complete));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
        .whenComplete((done, failure) -> loop.execute(this::send));
  }

  private static boolean isOfContent(Throwable failure) {
    ProblemException problem = LogWriter.problemOf(failure);
    // Where it is of the peering, which has ended, it is of all of them.
    return problem.code().category() == Category.CALLER
        && problem.code() != ProblemCode.FAILED_PRECONDITION;
  }

  /** Of one stream, and so under one fence; without marks, as who sends in this way makes none. */
  private static Command commandOf(List<Waiting> group) {
    ReconcileImport first = group.get(0).command().getReconcileImport();
    ImportChanges.Builder changes =
        ImportChanges.newBuilder().setPeer(first.getPeer()).setFence(first.getFence());
    for (Waiting each : group) {
      ReconcileImport service = each.command().getReconcileImport();
      changes.addChanges(
          ImportChange.newBuilder()
              .setService(service.getService())
              .addAllInstances(service.getInstancesList()));
    }
    return Command.newBuilder().setImportChanges(changes).build();
  }
}
