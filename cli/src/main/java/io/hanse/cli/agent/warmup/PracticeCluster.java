package io.hanse.cli.agent.warmup;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.peering.LogPace;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.SecretFollower;
import io.hanse.peering.link.StreamDialer;
import io.hanse.peering.replication.ExportedContents;
import io.hanse.peering.replication.Farewells;
import io.hanse.peering.replication.KeptOffers;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.PeerSupervisor;
import io.hanse.peering.replication.Replication;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.RoomTurns;
import io.hanse.peering.replication.StreamStatuses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A cluster of one server in a warm-up: the real state machine and the real streams, of which
 * nothing is written to a disk or a network.
 */
final class PracticeCluster implements StateReader, CommandSubmitter, Leadership, AutoCloseable {
  /** Commands that share an entry of the log, as with a busy leader. */
  private static final int BATCH_MAX = 64;

  /** Beyond, values are in native memory, as those of a large catalog. */
  private static final long HEAP_BYTES = 256 << 10;

  /** Native memory is laid out for what the quota allows: what is practised is much less. */
  private static final long ROWS_MAX = 100_000;

  private static final long BYTES_MAX = 32 << 20;
  private static final int WATCHES_MAX = 10_000;

  private record Waiting(Command command, CompletableFuture<CommandResult> answer) {}

  private final String name;
  private final PracticeLoops loops;
  private final Loop loop;
  private final ClusterStateMachine machine =
      new ClusterStateMachine(
          new Store(
              StoreSettings.defaults()
                  .withHeapBytesMax(HEAP_BYTES)
                  .withQuota(ROWS_MAX, BYTES_MAX)
                  .withWatchesMax(WATCHES_MAX),
              Runnable::run,
              Runnable::run));
  private final List<Waiting> waiting = new ArrayList<>();
  private final long client;
  private Runnable onApplied = () -> {};
  private long sequence;
  private long entries;

  PracticeCluster(String name, PracticeLoops loops) {
    this.name = name;
    this.loops = loops;
    loop = loops.newLoop();
    Command registration =
        Command.newBuilder().setRegisterClient(RegisterClient.newBuilder().setOrigin(name)).build();
    client =
        apply(List.of(Entry.newBuilder().setCommand(registration).build()))
            .getResults(0)
            .getIndex();
  }

  /** Its streams, to peers that the dialer leads to. */
  PeerSupervisor streams(StreamDialer dialer) {
    return new PeerSupervisor(
        new Replication(
            this,
            this,
            this,
            dialer,
            new NobodyFollows(),
            loops,
            new StreamStatuses(() -> TimeUnit.MILLISECONDS.toNanos(loops.nowMillis())),
            new Farewells(),
            ReplicationSettings.DEFAULT,
            new ExportedContents(this),
            new KeptOffers(),
            new RoomTurns(),
            new LogPace()));
  }

  /** A client that is told whenever what it waits for may be there. */
  PracticeClient client() {
    return new PracticeClient(this, loop);
  }

  void onApplied(Runnable listener) {
    onApplied = listener;
  }

  @Override
  public CompletableFuture<CommandResult> submit(Command command) {
    Waiting submitted = new Waiting(command, new CompletableFuture<>());
    waiting.add(submitted);
    if (waiting.size() == 1) {
      loop.execute(this::applyWaiting);
    }
    return submitted.answer();
  }

  private void applyWaiting() {
    List<Waiting> batch = List.copyOf(waiting.subList(0, Math.min(BATCH_MAX, waiting.size())));
    waiting.subList(0, batch.size()).clear();
    if (!waiting.isEmpty()) {
      loop.execute(this::applyWaiting);
    }
    BatchResult results = apply(batch.stream().map(each -> entry(each.command())).toList());
    for (int i = 0; i < batch.size(); i++) {
      answer(batch.get(i).answer(), results.getResults(i));
    }
    onApplied.run();
  }

  private Entry entry(Command command) {
    sequence++;
    return Entry.newBuilder()
        .setClient(client)
        .setSequence(sequence)
        .setAckedBelow(sequence)
        .setCommand(command)
        .build();
  }

  private BatchResult apply(List<Entry> batch) {
    entries++;
    return machine.apply(
        entries,
        Batch.newBuilder()
            .setTimeMillis(loops.nowMillis())
            .addAllEntries(batch)
            .build()
            .toByteArray());
  }

  private static void answer(CompletableFuture<CommandResult> answer, CommandResult result) {
    if (result.getProblem() == 0) {
      answer.complete(result);
    } else {
      answer.completeExceptionally(
          new ProblemException(ProblemCode.of(result.getProblem()), result.getMessage()));
    }
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    return CompletableFuture.completedFuture(freshness());
  }

  @Override
  public Freshness freshness() {
    return new Freshness(true, 0);
  }

  @Override
  public View view() {
    return machine.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    return machine.watches().watch(reads, since, wake);
  }

  @Override
  public Standing standing() {
    return new Standing(1, true, Optional.of(name));
  }

  @Override
  public void onChange(Consumer<Standing> listener) {
    listener.accept(standing());
  }

  @Override
  public String self() {
    return name;
  }

  @Override
  public void close() {
    machine.close();
  }

  /** Secrets are followed once a day. */
  private static final class NobodyFollows implements SecretFollower {
    @Override
    public CompletableFuture<String> follow(
        LinkTarget target, String peerId, String current, Duration patience) {
      return refused();
    }

    @Override
    public CompletableFuture<Void> confirm(
        LinkTarget target, String peerId, String stored, Duration patience) {
      return refused();
    }

    private static <T> CompletableFuture<T> refused() {
      return CompletableFuture.failedFuture(
          new LinkException(LinkStatus.Code.UNIMPLEMENTED, "nothing follows here"));
    }
  }
}
