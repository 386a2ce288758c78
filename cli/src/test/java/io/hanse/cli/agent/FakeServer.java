package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.http.LocalCluster;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** A server that leads when it is told to, and whose proposals can be late or lost. */
final class FakeServer implements Leadership, LeaderCall {
  private enum Proposals {
    DELIVERED,
    HELD,
    LOST
  }

  final SessionTimers timers;
  private final LocalCluster log;
  private final List<FakeServer> all;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private Proposals proposals = Proposals.DELIVERED;
  private Standing standing = new Standing(0, false, Optional.empty());
  private Consumer<Standing> listener = change -> {};
  private Function<ByteString, CompletableFuture<ByteString>> handler =
      request -> CompletableFuture.completedFuture(request);

  FakeServer(VirtualTime time, LocalCluster log, List<FakeServer> all) {
    this.log = log;
    this.all = all;
    timers = new SessionTimers(time, this, this, log, this::submit);
    timers.start();
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    return switch (proposals) {
      case DELIVERED -> log.submit(command);
      case LOST ->
          CompletableFuture.failedFuture(
              new ProblemException(ProblemCode.COMMIT_UNKNOWN, "the answer was lost"));
      case HELD -> {
        CompletableFuture<CommandResult> result = new CompletableFuture<>();
        held.add(
            () ->
                log.submit(command)
                    .whenComplete(
                        (value, failure) -> {
                          if (failure == null) {
                            result.complete(value);
                          } else {
                            result.completeExceptionally(failure);
                          }
                        }));
        yield result;
      }
    };
  }

  void holdProposals() {
    proposals = Proposals.HELD;
  }

  void failProposals() {
    proposals = Proposals.LOST;
  }

  void deliverProposals() {
    proposals = Proposals.DELIVERED;
    for (Runnable one = held.poll(); one != null; one = held.poll()) {
      one.run();
    }
  }

  void lead(long term) {
    change(new Standing(term, true, Optional.empty()));
  }

  void stepDown() {
    change(new Standing(standing.term(), false, Optional.empty()));
  }

  private void change(Standing next) {
    standing = next;
    listener.accept(next);
  }

  @Override
  public Standing standing() {
    return standing;
  }

  @Override
  public void onChange(Consumer<Standing> onChange) {
    listener = onChange;
    onChange.accept(standing);
  }

  @Override
  public String self() {
    return "raft";
  }

  @Override
  public void serve(String name, Function<ByteString, CompletableFuture<ByteString>> answers) {
    handler = answers;
  }

  @Override
  public CompletableFuture<ByteString> callOnce(
      String name, ByteString request, Duration patience) {
    return call(name, request, patience);
  }

  @Override
  public CompletableFuture<ByteString> call(String name, ByteString request, Duration patience) {
    return all.stream()
        .filter(server -> server.standing.self())
        .findFirst()
        .map(server -> server.handler.apply(request))
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new ProblemException(ProblemCode.NO_LEADER, "no leader")));
  }
}
