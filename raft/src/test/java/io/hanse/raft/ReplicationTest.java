package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.NoOp;
import io.hanse.fsm.row.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
  @TempDir Path directory;

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger appended = new AtomicInteger();
  private final AtomicInteger reopened = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile boolean isBroken;
  private volatile int erroneousLooks;
  private volatile boolean isLeftOut;
  private volatile boolean isDamaged;
  private volatile boolean isClosed;
  private volatile Runnable rehearsal = () -> {};
  private FakeConsensus consensus = new FakeConsensus("");
  private Consensus.Listener listener;
  private Replication replication;

  @AfterEach
  void close() {
    replication.close();
  }

  private void start(int expect) throws Exception {
    prepare(expect);
    replication.open();
  }

  private void prepare(int expect) throws Exception {
    replication = launch(expect);
  }

  private Replication launch(int expect) throws Exception {
    RaftSettings settings =
        new RaftSettings(
            directory,
            Server.newBuilder()
                .setNodeId("node")
                .setAddress("127.0.0.1")
                .setCommandLevel(5)
                .build(),
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            Optional.empty(),
            new RaftSettings.Bootstrap(expect, List.of()),
            RaftSettings.Timing.defaults().withHold(Duration.ofMillis(500)),
            RaftSettings.Limits.defaults());
    return Launch.prepare(
        settings, new MapReplica(), (what, cause) -> failures.add(what), new FakeSurroundings());
  }

  private CompletableFuture<?> write() {
    return replication
        .submitter()
        .submit(Command.newBuilder().setNoOp(NoOp.getDefaultInstance()).build());
  }

  /** Leads its own group of one, as the initiator does for a moment. */
  @Test
  void shouldTakeNoWriteBeforeTheExpectedVotersAreCommitted() throws Exception {
    start(2);
    consensus.begin("group");
    listener.standingChanged();
    await().until(() -> replication.leadership().standing().leader().isPresent());
    assertThat(replication.leadership().standing().self()).isFalse();
    assertThatThrownBy(() -> write().get(20, TimeUnit.SECONDS))
        .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.NO_LEADER));
    assertThat(appended).hasValue(0);
  }

  @Test
  void shouldTakeWritesOnceItsGroupIsComplete() throws Exception {
    start(1);
    await().until(() -> replication.leadership().standing().self());
    CompletableFuture<?> write = write();
    await().until(() -> appended.get() > 0);
    replication.close();
    assertThatThrownBy(() -> write.get(20, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void shouldListWhoComesAndWhoGoesWhileTheVotersChange() throws Exception {
    start(1);
    await().until(() -> replication.leadership().standing().self());
    String self = replication.leadership().self();
    Consensus.Voters before = consensus.voters;
    consensus.voters = new Consensus.Voters(Set.of(self, "new"), Set.of(self, "old"));
    assertThat(replication.membership().knownMembers())
        .extracting(Membership.Member::raftId, Membership.Member::voter)
        .containsExactlyInAnyOrder(tuple(self, true), tuple("old", true), tuple("new", false));
    consensus.voters = before;
  }

  /** Before any of them has written itself down in the log. */
  @Test
  void shouldKnowWhatLevelAllServersUnderstand() throws Exception {
    start(1);
    await().until(() -> replication.leadership().standing().self());
    assertThat(replication.membership().commandLevel()).isEqualTo(5);
    Consensus.Voters before = consensus.voters;
    consensus.voters = new Consensus.Voters(Set.of(consensus.self, "unheard"), Set.of());
    assertThat(replication.membership().commandLevel()).isZero();
    consensus.voters = before;
  }

  @Test
  void shouldStopWhenItsGroupCloses() throws Exception {
    start(1);
    await().until(() -> replication.leadership().standing().self());
    isBroken = true;
    await().until(() -> failures.contains("the Raft group closed by itself"));
  }

  @Test
  void shouldGoOnLookingAfterItsGroupAfterErrors() throws Exception {
    erroneousLooks = 1;
    start(1);
    await().until(() -> looks.get() >= 2);
    isBroken = true;
    await().until(() -> failures.contains("the Raft group closed by itself"));
  }

  /** However long nobody can say whether it was removed. */
  @Test
  void shouldOpenItsGroupAgainWhenItIsLeftOut() throws Exception {
    start(1);
    await().until(() -> replication.leadership().standing().self());
    isLeftOut = true;
    await().atMost(Duration.ofSeconds(40)).until(() -> reopened.get() >= 3);
    isLeftOut = false;
    await().until(() -> replication.leadership().standing().self());
    assertThat(failures).isEmpty();
  }

  @Test
  void shouldStopWhenTheLogFails() throws Exception {
    start(1);
    listener.failed("the log can't be written", new IllegalStateException("no space"));
    assertThat(failures).containsExactly("the log can't be written");
  }

  /** What there is may take long to load; until then nothing can be said about it. */
  @Test
  void shouldReadNothingBeforeItIsOpen() throws Exception {
    prepare(1);
    assertThat(replication.leadership().standing().leader()).isEmpty();
    assertThatThrownBy(() -> stale(Duration.ofMillis(50)).get(20, TimeUnit.SECONDS))
        .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.NO_LEADER));
    CompletableFuture<?> waiting = stale(Duration.ofSeconds(20));
    assertThat(waiting).isNotDone();
    replication.open();
    waiting.get(20, TimeUnit.SECONDS);
    assertThat(stale(Duration.ofMillis(1))).isDone();
  }

  private CompletableFuture<?> stale(Duration patience) {
    return replication.reader().fresh(StateReader.Level.STALE, patience);
  }

  @Test
  void shouldGiveTheDirectoryBackWhenItCannotOpen() throws Exception {
    prepare(1);
    isDamaged = true;
    assertThatThrownBy(() -> replication.open()).hasMessage("the log is damaged");
    isDamaged = false;
    start(1);
    await().until(() -> replication.leadership().standing().self());
  }

  /** Who takes the directory next, or removes it, must not find this server still writing there. */
  @Test
  void shouldGiveTheDirectoryBackOnlyWhenItsLastTaskIsOver() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    rehearsal =
        () -> {
          begun.countDown();
          awaitDespiteInterrupts(over);
        };
    start(1);
    begun.await();
    Thread closing = new Thread(replication::close);
    closing.start();
    try {
      await().until(() -> isClosed && closing.getState() == Thread.State.TIMED_WAITING);
      assertThatThrownBy(() -> launch(1)).hasMessageContaining("is in use by another");
    } finally {
      over.countDown();
    }
    closing.join(20_000);
    rehearsal = () -> {};
    start(1);
  }

  /** As a write to the disk does. */
  private static void awaitDespiteInterrupts(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // Told to stop: not before it is over.
      }
    }
  }

  private final class FakeSurroundings implements Surroundings {
    @Override
    public void learn(Server row) {}

    @Override
    public Dialer dialer(
        Server self,
        Supplier<Optional<String>> groupId,
        Function<String, Optional<InetSocketAddress>> addresses,
        Executor completer) {
      return new Nobody();
    }

    @Override
    public Consensus consensus(
        DataDirectory disk,
        boolean isFormed,
        Replica replica,
        LeaderContact contact,
        Consensus.Listener to) {
      listener = to;
      consensus =
          new FakeConsensus(disk.raftId()) {
            @Override
            public void open() throws IOException {
              if (isDamaged) {
                throw new IOException("the log is damaged");
              }
            }

            @Override
            public void rehearseVote() {
              rehearsal.run();
            }

            @Override
            public boolean isLeftOut() {
              return isLeftOut;
            }

            @Override
            public void reopen() {
              reopened.incrementAndGet();
            }

            @Override
            public void close() {
              isClosed = true;
            }

            @Override
            public boolean isBroken() {
              if (looks.getAndIncrement() < erroneousLooks) {
                throw new NoClassDefFoundError("a class that nobody missed");
              }
              return isBroken;
            }

            @Override
            public CompletableFuture<BatchResult> append(byte[] entry) {
              appended.incrementAndGet();
              return super.append(entry);
            }
          };
      consensus.committed = (groupId, voters) -> to.configurationCommitted(Set.copyOf(voters));
      return consensus;
    }

    @Override
    public Endpoint listen(ServerRequests requests, Executor completer) {
      return () -> {};
    }
  }

  private static final class Nobody extends FakePeers implements Surroundings.Dialer {
    @Override
    public void close() {}
  }
}
