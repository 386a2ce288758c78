package io.hanse.peering;

import com.google.protobuf.ByteString;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A cluster of one server in this process: the real state machine behind the ports, without a log.
 * Leadership is what a test says.
 */
public final class LocalCluster
    implements CommandSubmitter, StateReader, LeaderCall, Leadership, IdSource, AutoCloseable {
  private final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  private final ExecutorService applier = Executors.newSingleThreadExecutor();
  private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> calls =
      new ConcurrentHashMap<>();
  private final List<Consumer<Standing>> listeners = new ArrayList<>();
  private final List<Runnable> afterEach = new CopyOnWriteArrayList<>();
  private Standing standing = new Standing(1, true, Optional.of("server-1"));

  /** What who wants to read something fresh is told, and when. */
  public volatile CompletableFuture<Freshness> freshness =
      CompletableFuture.completedFuture(freshness());

  private long client;
  private long sequence;
  private long logIndex;

  public LocalCluster() {
    client =
        submit(
                Command.newBuilder()
                    .setRegisterClient(RegisterClient.newBuilder().setOrigin("test"))
                    .build())
            .join()
            .getIndex();
  }

  @Override
  public CompletableFuture<CommandResult> submit(Command command) {
    return CompletableFuture.supplyAsync(() -> apply(command), applier);
  }

  private CommandResult apply(Command command) {
    Entry.Builder entry = Entry.newBuilder().setCommand(command);
    if (client != 0) {
      sequence++;
      entry.setClient(client).setSequence(sequence).setAckedBelow(sequence);
    }
    Batch batch =
        Batch.newBuilder().setTimeMillis(System.currentTimeMillis()).addEntries(entry).build();
    logIndex++;
    CommandResult result = machine.apply(logIndex, batch.toByteArray()).getResults(0);
    afterEach.forEach(Runnable::run);
    if (result.getProblem() != 0) {
      throw new ProblemException(ProblemCode.of(result.getProblem()), result.getMessage());
    }
    return result;
  }

  /** Runs this after each command, before the next one. */
  public void afterEach(Runnable look) {
    afterEach.add(look);
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    return freshness;
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
  public void serve(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
    calls.put(name, handler);
  }

  @Override
  public CompletableFuture<ByteString> call(String name, ByteString request, Duration patience) {
    Function<ByteString, CompletableFuture<ByteString>> handler = calls.get(name);
    return handler == null
        ? CompletableFuture.failedFuture(
            new ProblemException(ProblemCode.NO_LEADER, "No cluster leader"))
        : handler.apply(request);
  }

  @Override
  public CompletableFuture<ByteString> callOnce(
      String name, ByteString request, Duration patience) {
    return call(name, request, patience);
  }

  @Override
  public synchronized Standing standing() {
    return standing;
  }

  @Override
  public synchronized void onChange(Consumer<Standing> listener) {
    listeners.add(listener);
    listener.accept(standing);
  }

  /** Gains or loses leadership. */
  public synchronized void lead(boolean self) {
    standing =
        new Standing(
            standing.term() + 1, self, self ? Optional.of("server-1") : Optional.of("server-2"));
    listeners.forEach(listener -> listener.accept(standing));
  }

  @Override
  public String self() {
    return "server-1";
  }

  @Override
  public String uuid() {
    return UUID.randomUUID().toString();
  }

  @Override
  public void close() {
    applier.shutdownNow();
    machine.close();
  }
}
