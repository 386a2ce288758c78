package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;

/**
 * Servers that find each other over links that fail, crash between any two steps, and come back
 * with what they had written down. Whatever happens, two groups never share a voter; once all is
 * well they form one.
 */
class BootstrapSimTest {
  private static final int EXPECT = 3;

  private final AtomicLong nanos = new AtomicLong();
  private final List<Sim> servers = new ArrayList<>();
  private Random random = new Random(0);
  private int lossPercent;

  /** Once in a life, and where that is looked at. */
  private boolean isDiskLost;

  private final TempFolder folder = new TempFolder();

  @AfterTry
  void delete() throws IOException {
    folder.close();
  }

  /** One server: its disk outlives its memory. */
  private final class Sim {
    final int port;
    final DataDirectory disk;
    final Server row;
    FakeConsensus consensus;
    Promises promises;
    Neighbours neighbours;
    Bootstrap bootstrap;

    Sim(int port, Path root) throws IOException {
      this.port = port;
      // Ids of the seed's choice: their order decides who begins.
      Path id = root.resolve("s" + port).resolve("raft").resolve("server-id");
      Files.createDirectories(id.getParent());
      Files.writeString(id, new UUID(random.nextLong(), random.nextLong()).toString());
      disk = DataDirectory.open(root.resolve("s" + port), "n" + port, new RecordingSync().files());
      row =
          Server.newBuilder()
              .setRaftId(disk.raftId())
              .setNode("n" + port)
              .setAddress("127.0.0.1")
              .setSerfLanPort(port)
              .setStart(1)
              .build();
      consensus = new FakeConsensus(disk.raftId());
      boot();
    }

    /** Starts with the group and the files that are there, and no memory of anyone. */
    void boot() throws IOException {
      promises = new Promises(disk, EXPECT);
      consensus.committed = this::commit;
      RaftSettings settings =
          new RaftSettings(
              Path.of("unused"),
              row,
              new InetSocketAddress(0),
              new InetSocketAddress(0),
              Optional.empty(),
              new RaftSettings.Bootstrap(EXPECT, List.of()),
              RaftSettings.Timing.defaults(),
              RaftSettings.Limits.defaults());
      AddressBook book = new AddressBook(disk, known -> {});
      List<String> all = new ArrayList<>();
      for (int other = 1; other <= 5; other++) {
        all.add("127.0.0.1:" + other);
      }
      PeerCalls peers = new SimPeers(this);
      neighbours =
          new Neighbours(
              disk.raftId(),
              all,
              book,
              peers,
              this::account,
              server -> !promises.isFormed() || consensus.voters().mayBelong(server),
              nanos::get);
      bootstrap =
          new Bootstrap(
              disk.raftId(),
              settings,
              promises,
              neighbours,
              consensus,
              peers,
              nanos::get,
              new Retirement(
                  disk.raftId(), promises, neighbours, consensus, () -> false, why -> {}),
              new FormationNews(settings, nanos::get, line -> {}));
    }

    Account account() {
      return Account.newBuilder()
          .setServer(row)
          .setBootstrapExpect(EXPECT)
          .setStage(promises.stage())
          .setGroupId(promises.groupId().orElse(""))
          .setPromisedTo(promises.promisedTo())
          .setLeaderRaftId(consensus.position().leader().orElse(""))
          .build();
    }

    /** What replication does: all voters that wait in the group learn of it. */
    private void commit(String groupId, Set<String> voters) {
      for (Sim server : servers) {
        if (voters.contains(server.disk.raftId())) {
          assertThat(server.consensus.group).contains(groupId);
          server.consensus.voters = new Consensus.Voters(voters, Set.of());
          try {
            server.promises.committed(voters, server.disk.raftId());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      }
    }
  }

  /** Calls arrive at once, or not at all, or without their answer coming back. */
  private final class SimPeers extends FakePeers {
    private final Sim from;

    SimPeers(Sim from) {
      this.from = from;
    }

    private <T> CompletableFuture<T> call(Supplier<T> handler) {
      if (random.nextInt(100) < lossPercent) {
        return unreachable();
      }
      T answer;
      try {
        answer = handler.get();
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
      return random.nextInt(100) < lossPercent
          ? unreachable()
          : CompletableFuture.completedFuture(answer);
    }

    private Sim to(String raftId) {
      return servers.stream()
          .filter(server -> server.disk.raftId().equals(raftId))
          .findFirst()
          .orElseThrow(Problems::notLeader);
    }

    @Override
    public CompletableFuture<JoinReply> join(InetSocketAddress address, Account account) {
      return call(
          () -> {
            Sim to =
                servers.stream()
                    .filter(server -> server.port == address.getPort())
                    .findFirst()
                    .orElseThrow(Problems::notLeader);
            to.neighbours.note(account, nanos.get());
            return JoinReply.newBuilder().setAccount(to.account()).build();
          });
    }

    @Override
    public CompletableFuture<PromiseReply> promise(String raftId) {
      return call(
          () -> {
            try {
              return to(raftId).bootstrap.promise(from.disk.raftId());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    @Override
    public CompletableFuture<Void> enlist(String raftId, String groupId) {
      return call(
          () -> {
            try {
              to(raftId).bootstrap.enlist(from.disk.raftId(), groupId);
              return null;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    @Override
    public CompletableFuture<Void> admit(String raftId, Duration patience) {
      return call(
          () -> {
            to(raftId).consensus.addVoters(Set.of(from.disk.raftId()));
            return null;
          });
    }
  }

  @Property(tries = 60)
  void shouldNeverBeginTwoGroupsWithAVoterInCommon(@ForAll long seed) throws IOException {
    play(seed);
  }

  /**
   * Here the first in order is refused by a server whose promise is void: that it asks again and
   * again must not keep the promise alive.
   */
  @Example
  void shouldFreeAPromiseWhoeverElseAsksForIt() throws IOException {
    play(-5213889083863664009L);
    play(1122093L);
  }

  /**
   * Between the beginning of a group and its first configuration of all, which waits for the one
   * that is lost.
   */
  @Property(tries = 60)
  void shouldBeginAnotherGroupWhereAMemberLostItsDisk(@ForAll long seed) throws IOException {
    play(seed, true);
  }

  private void play(long seed) throws IOException {
    play(seed, false);
  }

  private void play(long seed, boolean hasLoss) throws IOException {
    random = new Random(seed);
    isDiskLost = !hasLoss;
    servers.clear();
    Path root = folder.create();
    int count = EXPECT + random.nextInt(3);
    lossPercent = random.nextInt(60);
    for (int port = 1; port <= count; port++) {
      servers.add(new Sim(port, root));
    }
    for (int step = 0; step < 120; step++) {
      disturb();
    }
    lossPercent = 0;
    // To give up who is gone takes a minute, whom it has promised another one.
    for (int step = 0; step < (hasLoss ? 80 : 40); step++) {
      nanos.addAndGet(Duration.ofSeconds(61).toNanos() / 20);
      for (Sim server : servers) {
        server.bootstrap.step();
      }
    }
    checkGroups();
    assertThat(servers)
        .as("seed %d", seed)
        .allMatch(server -> server.promises.stage() == Stage.STAGE_FORMED);
    assertThat(servers)
        .extracting(server -> server.promises.groupId())
        .containsOnly(servers.get(0).promises.groupId());
    for (Sim server : servers) {
      server.disk.close();
    }
  }

  private void disturb() throws IOException {
    nanos.addAndGet(Duration.ofMillis(random.nextInt(2000)).toNanos());
    Sim server = servers.get(random.nextInt(servers.size()));
    if (random.nextInt(10) == 0) {
      server.boot();
    } else {
      server.bootstrap.step();
    }
    checkGroups();
    if (!isDiskLost && isWaitedFor(server)) {
      isDiskLost = true;
      loseDisk();
    }
  }

  private boolean isWaitedFor(Sim server) {
    return server.promises.stage() == Stage.STAGE_FORMING
        && server.promises.isInitiator(server.disk.raftId());
  }

  /** One of those that the group waits for comes back as a new server. */
  private void loseDisk() throws IOException {
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      if (!isWaitedFor(servers.get(i))) {
        others.add(i);
      }
    }
    int lost = others.get(random.nextInt(others.size()));
    Sim gone = servers.get(lost);
    gone.disk.close();
    servers.set(lost, new Sim(gone.port, folder.create()));
  }

  private void checkGroups() {
    Set<String> complete = new TreeSet<>();
    for (Sim server : servers) {
      if (server.promises.isFormed()) {
        complete.add(server.promises.groupId().orElseThrow());
      }
    }
    assertThat(complete).as("complete groups").hasSizeLessThanOrEqualTo(1);
  }
}
