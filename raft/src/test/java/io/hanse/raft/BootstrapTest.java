package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first of two servers that begin a cluster; the other one greets and does nothing more. */
class BootstrapTest {
  private static final String SELF = "00000000-0000-4000-8000-000000000001";
  private static final String OTHER = "00000000-0000-4000-8000-000000000002";

  @TempDir Path folder;

  private final AtomicLong nanos = new AtomicLong();
  private final List<String> lines = new ArrayList<>();
  private boolean isPromised;

  @BeforeEach
  void name() throws IOException {
    Path id = folder.resolve("raft").resolve("server-id");
    Files.createDirectories(id.getParent());
    Files.writeString(id, SELF);
  }

  /** Takes steps for so long, one each second. */
  private void runFor(int seconds) throws IOException {
    try (DataDirectory disk = DataDirectory.open(folder, "n1", new RecordingSync().files())) {
      Bootstrap bootstrap = bootstrap(disk);
      for (int second = 0; second < seconds; second++) {
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        bootstrap.step();
      }
    }
  }

  private Bootstrap bootstrap(DataDirectory disk) throws IOException {
    Promises promises = new Promises(disk, 2);
    FakeConsensus consensus = new FakeConsensus(SELF);
    RaftSettings settings =
        new RaftSettings(
            Path.of("unused"),
            Server.getDefaultInstance(),
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            Optional.empty(),
            new RaftSettings.Bootstrap(2, List.of("127.0.0.1:2")),
            RaftSettings.Timing.defaults(),
            RaftSettings.Limits.defaults());
    PeerCalls peers = new Greeter();
    Neighbours neighbours =
        new Neighbours(
            SELF,
            List.of("127.0.0.1:2"),
            new AddressBook(disk, known -> {}),
            peers,
            Account::getDefaultInstance,
            server -> true,
            nanos::get);
    return new Bootstrap(
        SELF,
        settings,
        promises,
        neighbours,
        consensus,
        peers,
        nanos::get,
        new Retirement(SELF, promises, neighbours, consensus, () -> false, why -> {}),
        new FormationNews(settings, nanos::get, lines::add));
  }

  private final class Greeter extends FakePeers {
    @Override
    public CompletableFuture<JoinReply> join(InetSocketAddress address, Account account) {
      return CompletableFuture.completedFuture(
          JoinReply.newBuilder()
              .setAccount(
                  Account.newBuilder()
                      .setServer(Server.newBuilder().setRaftId(OTHER).setNode("n2"))
                      .setStage(Stage.STAGE_EMPTY)
                      .setBootstrapExpect(2))
              .build());
    }

    @Override
    public CompletableFuture<PromiseReply> promise(String raftId) {
      return isPromised
          ? CompletableFuture.completedFuture(PromiseReply.newBuilder().setGranted(true).build())
          : CompletableFuture.failedFuture(new TimeoutException("no answer in time"));
    }
  }

  @Test
  void shouldSayWhyNoClusterBeginsThoughAllServersAnswer() throws IOException {
    runFor(75);
    assertThat(lines)
        .hasSize(2)
        .containsOnly(
            "no cluster yet, nothing can be read or written: this server can't begin or join one,"
                + " and tries again failure=\"no answer in time\" others=[n2:expects=2]"
                + " retry_join=[127.0.0.1:2]");
  }

  /** All have promised by then, and it is written down; nobody takes part. */
  @Test
  void shouldSayItWhereTheGroupThatItBeganIsNeverComplete() throws IOException {
    isPromised = true;
    runFor(75);
    assertThat(lines)
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("can't begin or join one"));
  }
}
