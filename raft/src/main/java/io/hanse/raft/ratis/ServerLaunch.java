package io.hanse.raft.ratis;

import io.hanse.raft.Consensus.Listener;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.LeaderContact;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.Replica;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/** Starts a server of Ratis on a data directory, wired to the replica. */
final class ServerLaunch {
  private final RaftSettings settings;
  private final DataDirectory directory;
  private final boolean isFormed;
  private final Replica replica;
  private final LeaderContact contact;
  private final Listener listener;
  private final ExecutorService snapshotWriter =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "snapshot");
            thread.setDaemon(true);
            return thread;
          });

  /** The last log index that the replica has, through all openings of the group. */
  private final AtomicLong reached = new AtomicLong(RatisStateMachine.NOTHING);

  private volatile @Nullable RatisNeighbours neighbours;

  ServerLaunch(
      RaftSettings settings,
      DataDirectory directory,
      boolean isFormed,
      Replica replica,
      LeaderContact contact,
      Listener listener) {
    this.settings = settings;
    this.directory = directory;
    this.isFormed = isFormed;
    this.replica = replica;
    this.contact = contact;
    this.listener = listener;
  }

  RaftServer start() throws IOException {
    BindCheck.run(settings.raftBind());
    TornTail.repair(directory.groups(), directory.sync());
    Parameters parameters = new Parameters();
    settings
        .tls()
        .ifPresent(
            tls ->
                GrpcConfigKeys.TLS.setConf(
                    parameters, new GrpcTlsConfig(tls.keys(), tls.trust(), true)));
    AtomicReference<RaftServer> started = new AtomicReference<>();
    ServerGate gate =
        new ServerGate(
            directory.raftId(),
            contact,
            new DivisionLogs(() -> Objects.requireNonNull(started.get())),
            candidate -> neighbours().asksForVote(candidate));
    // A hop less for each append; snapshot chunks and votes then run on the event loops.
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters,
        (builder, types) -> LineSettings.permit(builder).intercept(gate).directExecutor());
    RaftProperties properties = RatisProperties.of(settings, directory, isFormed);
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(directory.raftId()))
            .setProperties(properties)
            .setParameters(parameters)
            .setStateMachineRegistry(
                id -> {
                  RatisProperties.beforeGroup(properties, settings.timing());
                  return new RatisStateMachine(
                      replica, listener, directory.sync(), snapshotWriter, reached);
                })
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    started.set(server);
    neighbours = new RatisNeighbours(server, System::nanoTime);
    neighbours.listen();
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      closeAfter(server, e);
      throw LogDamage.explained(directory.groups(), e);
    }
    return server;
  }

  /** Those of the server that was started last. */
  RatisNeighbours neighbours() {
    return Objects.requireNonNull(neighbours, "not started");
  }

  /** What was started of it holds threads, a port and the lock of its folder. */
  private static void closeAfter(RaftServer server, Exception failure) {
    try {
      server.close();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** The group is given up, and with it what the replica has of it. */
  void forgetReached() {
    reached.set(RatisStateMachine.NOTHING);
  }

  /** After the server has closed. */
  void close() {
    RatisNeighbours last = neighbours;
    if (last != null) {
      last.close();
    }
    snapshotWriter.shutdown();
  }
}
