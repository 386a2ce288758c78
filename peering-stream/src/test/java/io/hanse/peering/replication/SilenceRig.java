package io.hanse.peering.replication;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.LogPace;
import io.hanse.peering.Mistakes;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A cluster that imports one service of a peer, what its leaders do about the peer's silence, and a
 * clock that the test moves.
 */
final class SilenceRig implements AutoCloseable {
  static final String ID = "b0000000-0000-4000-8000-000000000001";
  static final long BOUND_MILLIS = 60_000;

  final SimTime time = new SimTime(1);
  final SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {});
  private final SimCluster.Server server = cluster.servers.get(0);
  final StreamStatuses statuses = new StreamStatuses(() -> time.nowMillis() * 1_000_000);
  final LeaderStatuses ofLeader = new LeaderStatuses(statuses, server, cluster, 45_000);
  private final List<Command> written = new ArrayList<>();

  /** Nobody can be told of an alarm. */
  boolean breaks;

  private final Mistakes made = new Mistakes();

  /** The lines for an operator. */
  final List<String> told = new ArrayList<>();

  PeerStreamStatus.Builder status = PeerStreamStatus.newBuilder().setConnected(true);
  private Object stream = new Object();
  private StalenessDuty duty;

  SilenceRig() {
    cluster.apply(SimCommands.dialer(ID, "west", "theirs", List.of("10.0.0.1:8503"), "secret"));
    importWeb("west");
    ofLeader.serve(PeeringSettings.defaults("dc"));
    duty = lead(0);
  }

  void importWeb(String peer) {
    cluster.apply(
        Command.newBuilder()
            .setReconcileImport(
                ReconcileImport.newBuilder()
                    .setPeer(peer)
                    .setService("web")
                    .addInstances(
                        CheckServiceNode.newBuilder()
                            .setNode(Node.newBuilder().setNode("w1").setAddress("10.1.0.1"))
                            .setService(NodeService.newBuilder().setId("web").setService("web"))))
            .build());
  }

  private StalenessDuty lead(long clockAheadMillis) {
    statuses.claim(ID, stream);
    return new StalenessDuty(
        new Replication(
            cluster,
            command -> {
              written.add(command);
              return CompletableFuture.completedFuture(cluster.apply(command));
            },
            server,
            (target, inbound) -> {
              throw new AssertionError("nobody dials here");
            },
            new NoFollower(),
            () -> new ShiftedLoop(time.newLoop(), clockAheadMillis),
            statuses,
            new Farewells(),
            ReplicationSettings.DEFAULT,
            new ExportedContents(cluster),
            new KeptOffers(),
            new RoomTurns(),
            new LogPace()),
        this::tell,
        told::add);
  }

  private void tell(String line) {
    if (breaks) {
      throw made.next();
    }
    told.add(line);
  }

  /** The leader is gone, with all it knew. */
  void loseLeader() {
    duty.stop();
    time.runFor(0);
    statuses.clear();
  }

  /** The same, while it is about to look. */
  void loseLeaderThatLooks() {
    String other = ID.replace('1', '2');
    cluster.apply(SimCommands.dialer(other, "east", "x", List.of("10.0.0.2:8503"), "secret"));
    duty.stop();
    statuses.clear();
    time.runFor(0);
  }

  /** Another server leads. */
  void electWithClockAhead(long millis) {
    stream = new Object();
    status = PeerStreamStatus.newBuilder();
    duty = lead(millis);
    time.runFor(0);
  }

  void changeLeader() {
    loseLeader();
    electWithClockAhead(0);
  }

  /** The peer says something. */
  void hear() {
    hear(ID, stream);
  }

  void hear(String id, Object itsStream) {
    status.setConnected(true).setLastHeardMillis(time.nowMillis());
    statuses.report(id, itsStream, status.build(), time.nowMillis());
  }

  /** It said something a while ago, of which no report was worth it by then. */
  void heardBefore(long millis) {
    status.setConnected(true).setLastHeardMillis(time.nowMillis() - millis);
    statuses.report(ID, stream, status.build(), time.nowMillis());
  }

  void disconnected() {
    status.setConnected(false).setDisconnectMillis(time.nowMillis());
    statuses.report(ID, stream, status.build(), time.nowMillis());
  }

  /** The peer is a Hanse, and says that all it had some time ago is here. */
  void saysAllIsHere(long ageMillis) {
    long now = time.nowMillis();
    imports().allIsHere(now - ageMillis, now, List.of());
  }

  /** A new stream of a Consul, which sends all anew. */
  void beginsAnew(String... held) {
    imports().begin(List.of(held));
  }

  void sendsAnew(String service) {
    Effect.Import received =
        new Effect.Import(1, PeerResources.SERVICE, service, Any.getDefaultInstance());
    imports().stored(received, Optional.empty(), time.nowMillis());
  }

  private ImportFreshness imports() {
    return statuses.imports(ID, stream).orElseThrow();
  }

  int readable(String peer) {
    try (View view = cluster.view()) {
      return new Health(view).service(peer, "web").size();
    }
  }

  int readable() {
    return readable("west");
  }

  List<Peering> stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).all();
    }
  }

  /** How often something was withdrawn or given back. */
  long withdrawals() {
    return written.stream().filter(Command::hasWithdrawImports).count();
  }

  /** How often it was noted that peers were heard. */
  long notes() {
    return written.stream().filter(Command::hasWriteSystemRecord).count();
  }

  void policy(String name, String onStale) {
    cluster.apply(
        Command.newBuilder()
            .setWriteConfigEntry(
                WriteConfigEntry.newBuilder()
                    .setEntry(
                        ConfigEntry.newBuilder()
                            .setKind("peering")
                            .setName(name)
                            .setPeering(
                                PeeringPolicy.newBuilder()
                                    .setOnStale(onStale)
                                    .setStaleAfter(
                                        Duration.newBuilder().setSeconds(BOUND_MILLIS / 1_000)))))
            .build());
  }

  @Override
  public void close() {
    duty.stop();
    cluster.close();
  }

  /** A loop of a server whose clock is not that of the others. */
  private record ShiftedLoop(Loop loop, long aheadMillis) implements Loop {
    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public Runnable after(long delayMillis, Runnable task) {
      return loop.after(delayMillis, task);
    }

    @Override
    public long nowMillis() {
      return loop.nowMillis() + aheadMillis;
    }
  }
}
