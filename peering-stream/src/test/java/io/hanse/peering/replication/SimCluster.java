package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
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
import io.hanse.peering.LogPace;
import io.hanse.peering.Mistakes;
import io.hanse.peering.PartingNotes;
import io.hanse.peering.link.LinkTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A cluster of three servers whose consensus is ideal and whose everything else is not: submissions
 * fail, servers restart, leadership moves, and for a while two servers may believe to have it.
 */
final class SimCluster implements StateReader, AutoCloseable {
  private static final int SERVERS = 3;
  private static final LinkTarget NOWHERE = new LinkTarget("nowhere", "", List.of());

  final String name;
  final SimTime time;
  final SimNetwork network;
  final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run, Runnable::run));

  /** What stands in the log. */
  final List<byte[]> log = new ArrayList<>();

  final List<Server> servers = new ArrayList<>();
  private final OnlyWhatIsExported exported = new OnlyWhatIsExported();
  private final Consumer<Command> applied;
  private final long client;
  private long sequence;
  private long term = 1;
  private double trouble;
  private double mistakes;
  private final Mistakes made = new Mistakes();
  private int watches;
  private ReplicationSettings settings = ReplicationSettings.DEFAULT;

  SimCluster(String name, SimTime time, SimNetwork network, Consumer<Command> applied) {
    this.name = name;
    this.time = time;
    this.network = network;
    this.applied = applied;
    client =
        write(
                Entry.newBuilder()
                    .setCommand(
                        Command.newBuilder()
                            .setRegisterClient(RegisterClient.newBuilder().setOrigin(name)))
                    .build())
            .getIndex();
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new Server(name + i));
      network.allow(name + i, exported);
    }
  }

  void start() {
    servers.forEach(Server::start);
    lead(servers.get(0), 0);
  }

  /** From this size on, a service is stored in parts. Before the start. */
  void storeInPartsFrom(int bytes) {
    settings = settings.withCommandBytesMax(bytes);
  }

  /** The share of submissions that fail in some way. */
  void trouble(double share) {
    trouble = share;
  }

  /** The share of looks at the state that end with a mistake that nobody awaits. */
  void mistakes(double share) {
    mistakes = share;
  }

  /** How often somebody asked to be told of changes of what was read. */
  int watches() {
    return watches;
  }

  List<String> addresses() {
    return servers.stream().map(server -> server.address).toList();
  }

  CommandResult apply(Command command) {
    CommandResult result =
        write(
            Entry.newBuilder()
                .setClient(client)
                .setSequence(++sequence)
                .setAckedBelow(sequence)
                .setCommand(command)
                .build());
    if (!SimInvariants.isImport(command)) {
      try (View view = machine.view()) {
        exported.changed(view, command, time.nowMillis());
      }
    }
    applied.accept(command);
    return result;
  }

  /** As an operator does. */
  void delete(String peer) {
    try (View view = machine.view()) {
      PartingNotes.before(view, peer, time.nowMillis()).forEach(this::apply);
    }
    apply(SimCommands.delete(peer));
  }

  private CommandResult write(Entry entry) {
    byte[] batch =
        Batch.newBuilder().setTimeMillis(time.nowMillis()).addEntries(entry).build().toByteArray();
    log.add(batch);
    return machine.apply(log.size(), batch).getResults(0);
  }

  /** Makes another server the leader; the old one may take its time to notice. */
  void moveLeadership(Server next) {
    for (Server server : servers) {
      if (server.standing.self() && server != next) {
        long noticed = time.random.nextLong(2_000);
        time.after(noticed, () -> server.stand(new Leadership.Standing(term, false, leader())));
      }
    }
    lead(next, time.random.nextLong(1_000));
  }

  private void lead(Server server, long delayMillis) {
    long newTerm = ++term;
    time.after(
        delayMillis,
        () -> server.stand(new Leadership.Standing(newTerm, true, Optional.of(server.address))));
  }

  private Optional<String> leader() {
    return servers.stream()
        .filter(server -> server.standing.self())
        .map(server -> server.address)
        .findFirst();
  }

  /** Leaves no server that believes to lead. */
  void standDown() {
    for (Server server : servers) {
      server.stand(new Leadership.Standing(term, false, Optional.empty()));
    }
  }

  /** Leaves exactly one server that believes to lead. */
  void settle() {
    trouble = 0;
    Server chosen = servers.get(time.random.nextInt(SERVERS));
    for (Server server : servers) {
      if (server != chosen) {
        server.stand(new Leadership.Standing(term, false, Optional.of(chosen.address)));
      }
    }
    // After all that is still under way: restarts and changes of leadership.
    lead(chosen, 6_000);
    time.after(5_500, this::standDown);
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
    if (mistakes > 0 && time.chance(mistakes)) {
      throw made.next();
    }
    return machine.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    watches++;
    return machine.watches().watch(reads, since, wake);
  }

  @Override
  public void close() {
    machine.close();
  }

  /** One server, as far as replication is concerned. */
  final class Server implements CommandSubmitter, Leadership, LeaderCall {
    final String address;
    private final List<Consumer<Standing>> listeners = new ArrayList<>();
    private final Map<String, Function<ByteString, CompletableFuture<ByteString>>> handlers =
        new TreeMap<>();
    private Standing standing = new Standing(0, false, Optional.empty());
    StreamStatuses statuses = newStatuses();
    private boolean dead;
    private int run;

    private StreamStatuses newStatuses() {
      return new StreamStatuses(() -> time.nowMillis() * 1_000_000);
    }

    private Server(String address) {
      this.address = address;
    }

    private void start() {
      dead = false;
      run++;
      statuses = newStatuses();
      int thisRun = run;
      PeerSupervisor supervisor =
          new PeerSupervisor(
              new Replication(
                  SimCluster.this,
                  command -> thisRun == run ? submit(command) : new CompletableFuture<>(),
                  this,
                  // What is left here of a server that died reaches nobody.
                  (target, inbound) ->
                      network.dial(address, thisRun == run ? target : NOWHERE, inbound),
                  new NoFollower(),
                  time,
                  statuses,
                  new Farewells(),
                  settings,
                  new ExportedContents(SimCluster.this),
                  new KeptOffers(),
                  new RoomTurns(),
                  new LogPace()));
      supervisor.start();
      network.listen(address, supervisor.acceptor());
    }

    /** Dies with all it knew and comes back later, as a follower. */
    void restart() {
      if (dead) {
        return;
      }
      dead = true;
      run++;
      listeners.clear();
      network.stopListening(address);
      network.crash(address);
      standing = new Standing(term, false, Optional.empty());
      time.after(100 + time.random.nextLong(5_000), this::start);
    }

    private void stand(Standing next) {
      if (!dead && !next.equals(standing)) {
        standing = next;
        List.copyOf(listeners).forEach(listener -> listener.accept(next));
      }
    }

    @Override
    public CompletableFuture<CommandResult> submit(Command command) {
      CompletableFuture<CommandResult> answer = new CompletableFuture<>();
      time.after(time.random.nextLong(10), () -> decide(command, answer));
      return answer;
    }

    private void decide(Command command, CompletableFuture<CommandResult> answer) {
      if (time.chance(trouble)) {
        switch (time.random.nextInt(3)) {
          case 0 -> fail(answer, ProblemCode.NO_LEADER);
          case 1 -> fail(answer, ProblemCode.COMMIT_UNKNOWN);
          default -> {
            apply(command);
            fail(answer, ProblemCode.COMMIT_UNKNOWN);
          }
        }
        return;
      }
      CommandResult result = apply(command);
      time.after(
          time.random.nextLong(10),
          () -> {
            if (result.getProblem() == 0) {
              answer.complete(result);
            } else {
              answer.completeExceptionally(
                  new ProblemException(ProblemCode.of(result.getProblem()), result.getMessage()));
            }
          });
    }

    private void fail(CompletableFuture<CommandResult> answer, ProblemCode code) {
      answer.completeExceptionally(new ProblemException(code, "simulated"));
    }

    @Override
    public Standing standing() {
      return standing;
    }

    @Override
    public void onChange(Consumer<Standing> listener) {
      listeners.add(listener);
      listener.accept(standing);
    }

    @Override
    public String self() {
      return address;
    }

    @Override
    public CompletableFuture<ByteString> callOnce(
        String name, ByteString request, Duration patience) {
      return call(name, request, patience);
    }

    @Override
    public void serve(String call, Function<ByteString, CompletableFuture<ByteString>> handler) {
      handlers.put(call, handler);
    }

    @Override
    public CompletableFuture<ByteString> call(String call, ByteString request, Duration patience) {
      return handlers.get(call).apply(request);
    }
  }
}
