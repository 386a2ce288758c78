package io.hanse.http;

import com.google.protobuf.ByteString;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Sessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/**
 * A cluster of one server without a log: what is submitted is applied at once, by the real state
 * machine. It can be told to have no leader.
 */
public final class LocalCluster
    implements CommandSubmitter,
        StateReader,
        Leadership,
        LeaderCall,
        ServerCall,
        Membership,
        AutoCloseable {
  private static final String RAFT_ID = "raft-1";

  /** What is known of a member's log lags behind what it has. */
  private static final long HEARD_OF = 1;

  private final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  private final long client;

  private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> calls =
      new ConcurrentHashMap<>();

  private long logIndex;
  private long sequence;
  private volatile boolean hasLeader = true;
  private volatile CompletableFuture<Void> loaded = CompletableFuture.completedFuture(null);

  public LocalCluster() {
    Entry register =
        Entry.newBuilder()
            .setCommand(
                Command.newBuilder()
                    .setRegisterClient(RegisterClient.newBuilder().setOrigin(RAFT_ID)))
            .build();
    client = apply(register).getIndex();
  }

  /** Makes this server known under a node's name. */
  public void addServer(String nodeId, String node, int serverPort) {
    submit(
            Command.newBuilder()
                .setWriteServer(
                    WriteServer.newBuilder()
                        .setServer(
                            Server.newBuilder()
                                .setRaftId(RAFT_ID)
                                .setNodeId(nodeId)
                                .setNode(node)
                                .setAddress("127.0.0.1")
                                .setServerPort(serverPort)
                                .setCommandLevel(ClusterStateMachine.COMMAND_LEVEL)))
                .build())
        .join();
  }

  public void loseLeader() {
    hasLeader = false;
  }

  /** As if it had just begun to start. */
  public void beginLoading() {
    loaded = new CompletableFuture<>();
  }

  public void endLoading() {
    loaded.complete(null);
  }

  public void findLeader() {
    hasLeader = true;
  }

  @Override
  public synchronized CompletableFuture<CommandResult> submit(Command command) {
    if (!hasLeader) {
      return CompletableFuture.failedFuture(noLeader());
    }
    Entry entry =
        Entry.newBuilder()
            .setClient(client)
            .setSequence(++sequence)
            .setAckedBelow(sequence)
            .setCommand(command)
            .build();
    CommandResult result = apply(entry);
    return result.getProblem() == 0
        ? CompletableFuture.completedFuture(result)
        : CompletableFuture.failedFuture(
            new ProblemException(ProblemCode.of(result.getProblem()), result.getMessage()));
  }

  /** The state as it is, to be restored. */
  public byte[] archive() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (View view = view()) {
      SnapshotFile.write(view, 1, Channels.newChannel(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public void restore(byte[] archive) {
    ByteString.Output packed = ByteString.newOutput();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(archive);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Command.Builder begin = Command.newBuilder();
    begin.getBeginRestoreBuilder().setId("r").setSnapshotBytes(archive.length).setChunks(1);
    Command.Builder part = Command.newBuilder();
    part.getStageRestoreBuilder().setId("r").setContent(packed.toByteString());
    Command.Builder complete = Command.newBuilder().setLevel(2);
    complete.getCompleteRestoreBuilder().setId("r").setKeepsParts(true);
    for (Command.Builder command : List.of(begin, part, complete)) {
      submit(command.build()).join();
    }
  }

  private synchronized CommandResult apply(Entry entry) {
    logIndex++;
    Batch batch = Batch.newBuilder().setTimeMillis(logIndex).addEntries(entry).build();
    return machine.apply(logIndex, batch).getResults(0);
  }

  private static ProblemException noLeader() {
    return new ProblemException(ProblemCode.NO_LEADER, "no leader");
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    return hasLeader || level == Level.STALE
        ? loaded.thenApply(done -> freshness())
        : CompletableFuture.failedFuture(noLeader());
  }

  @Override
  public Freshness freshness() {
    return new Freshness(hasLeader, hasLeader ? 0 : 60_000);
  }

  @Override
  public View view() {
    return machine.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    return machine.watches().watch(reads, since, wake);
  }

  public synchronized long lastLogIndex() {
    return logIndex;
  }

  /** Nobody watches over the time of sessions here: they only have to be there. */
  public CompletableFuture<Optional<Session>> renew(String id) {
    try (View view = machine.view()) {
      return CompletableFuture.completedFuture(new Sessions(view).session(id));
    }
  }

  /** How many watches are waiting. */
  public int watchCount() {
    return machine.watches().count();
  }

  @Override
  public Standing standing() {
    return new Standing(1, hasLeader, hasLeader ? Optional.of(RAFT_ID) : Optional.empty());
  }

  @Override
  public void onChange(Consumer<Standing> listener) {
    listener.accept(standing());
  }

  @Override
  public String self() {
    return RAFT_ID;
  }

  @Override
  public void serve(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
    calls.put(name, handler);
  }

  @Override
  public CompletableFuture<ByteString> callOnce(
      String name, ByteString request, Duration patience) {
    return call(name, request, patience);
  }

  @Override
  public CompletableFuture<ByteString> call(String name, ByteString request, Duration patience) {
    return hasLeader ? calls.get(name).apply(request) : CompletableFuture.failedFuture(noLeader());
  }

  @Override
  public CompletableFuture<List<Member>> members() {
    return hasLeader
        ? CompletableFuture.completedFuture(knownMembers())
        : CompletableFuture.failedFuture(noLeader());
  }

  @Override
  public List<Member> knownMembers() {
    return List.of(new Member(RAFT_ID, true, hasLeader, HEARD_OF));
  }

  @Override
  public int commandLevel() {
    return ClusterStateMachine.COMMAND_LEVEL;
  }

  @Override
  public CompletableFuture<Void> transferLeadership(Optional<String> raftId) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> leave() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> remove(String raftId) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void serveHere(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
    serve(name, handler);
  }

  @Override
  public CompletableFuture<ByteString> callServer(
      String raftId, String name, ByteString request, Duration patience) {
    return call(name, request, patience);
  }

  @Override
  public void close() {
    machine.close();
  }
}
