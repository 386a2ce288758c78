package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteKv;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SubmitterTest {
  /** What becomes of one sending. */
  enum Fate {
    ANSWERED,
    ANSWER_LOST,
    REQUEST_LOST,
    REFUSED
  }

  /** Longer than any machine stands still: what is tried again here must not run out of time. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final List<Entry> sent = new ArrayList<>();
  private MapReplica replica = new MapReplica();
  private Optional<String> leader = Optional.of("other");

  @AfterEach
  @AfterProperty
  void stop() {
    thread.shutdownNow();
  }

  private Submitter submitter(Duration hold, Function<Entry, CompletableFuture<CommandResult>> to) {
    LeaderStanding standing =
        new LeaderStanding("self", () -> new Standing(1, false, leader), Runnable::run);
    standing.refresh();
    RaftSettings settings =
        new RaftSettings(
            Path.of("unused"),
            Server.getDefaultInstance(),
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            Optional.empty(),
            new RaftSettings.Bootstrap(1, List.of()),
            RaftSettings.Timing.defaults().withHold(hold),
            RaftSettings.Limits.defaults());
    PeerCalls peers =
        new FakePeers() {
          @Override
          public CompletableFuture<CommandResult> forward(
              String raftId, Entry entry, long patience) {
            // One after the other, as a log takes them: callers and what sends again are two
            // threads.
            synchronized (sent) {
              sent.add(entry);
              return to.apply(entry);
            }
          }
        };
    GroupCommit never =
        new GroupCommit(
            settings.limits(), entry -> null, Runnable::run, (nanos, task) -> {}, () -> 0, () -> 0);
    return new Submitter(settings, standing, never, peers, thread, System::nanoTime);
  }

  private CommandResult apply(Entry entry) {
    try {
      byte[] batch = Batch.newBuilder().addEntries(entry).build().toByteArray();
      BatchResult result = replica.apply(sent.size(), ByteBuffer.wrap(batch));
      return result.getResults(0);
    } catch (RuntimeException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<CommandResult> answered(Entry entry) {
    return CompletableFuture.completedFuture(apply(entry));
  }

  private static Command put(String key) {
    return Command.newBuilder()
        .setWriteKv(WriteKv.newBuilder().setEntry(KvEntry.newBuilder().setKey(key)))
        .build();
  }

  private static CommandResult get(CompletableFuture<CommandResult> answer) throws Exception {
    return answer.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static ProblemCode problem(CompletableFuture<CommandResult> answer) {
    Throwable failure =
        answer.handle((result, thrown) -> thrown).orTimeout(20, TimeUnit.SECONDS).join();
    return Problems.code(failure);
  }

  @Test
  void shouldNumberCommandsUnderOneRegistration() throws Exception {
    Submitter submitter = submitter(PATIENCE, this::answered);
    get(submitter.submit(put("a")));
    get(submitter.submit(put("b")));
    assertThat(sent).hasSize(3);
    assertThat(sent.get(0).getCommand().hasRegisterClient()).isTrue();
    assertThat(sent.get(0).getClient()).isZero();
    assertThat(sent.get(1).getClient()).isEqualTo(1);
    assertThat(sent).extracting(Entry::getSequence).containsExactly(0L, 1L, 2L);
    assertThat(sent.get(2).getAckedBelow()).isEqualTo(2);
  }

  /** On another's thread nobody would hear of it, and the caller waits. */
  @Test
  void shouldSendAgainAfterErrors() throws Exception {
    Submitter submitter =
        submitter(
            PATIENCE,
            entry -> {
              if (sent.size() < 4) {
                throw new NoClassDefFoundError("a class that nobody missed");
              }
              return answered(entry);
            });
    get(submitter.submit(put("a")));
    assertThat(replica.writes("a")).isEqualTo(1);
  }

  @Test
  void shouldSendAgainUnderTheSameIdentityWhenTheAnswerIsLost() throws Exception {
    Submitter submitter =
        submitter(
            PATIENCE,
            entry -> {
              CommandResult result = apply(entry);
              return sent.size() == 2
                  ? CompletableFuture.failedFuture(Problems.commitUnknown())
                  : CompletableFuture.completedFuture(result);
            });
    CommandResult result = get(submitter.submit(put("a")));
    assertThat(replica.writes("a")).isEqualTo(1);
    assertThat(sent.get(1).getResent()).isFalse();
    assertThat(sent.get(2)).isEqualTo(sent.get(1).toBuilder().setResent(true).build());
    assertThat(result.getIndex()).isEqualTo(2);
  }

  @Test
  void shouldRegisterAnewWhenACommandSentOnceMeetsAnExpiredClient() throws Exception {
    Submitter submitter = submitter(PATIENCE, this::answered);
    get(submitter.submit(put("a")));
    get(
        submitter.submit(
            Command.newBuilder()
                .setExpireClients(io.hanse.fsm.row.ExpireClients.getDefaultInstance())
                .build()));
    get(submitter.submit(put("a")));
    assertThat(replica.writes("a")).isEqualTo(2);
    assertThat(sent.get(sent.size() - 1).getClient()).isNotEqualTo(sent.get(1).getClient());
  }

  @Test
  void shouldSayUnknownWhenARepeatedCommandMeetsAnExpiredClient() {
    Submitter submitter =
        submitter(
            PATIENCE,
            entry -> {
              if (sent.size() == 1) {
                return answered(entry);
              }
              return sent.size() == 2
                  ? CompletableFuture.failedFuture(Problems.commitUnknown())
                  : CompletableFuture.completedFuture(
                      CommandResult.newBuilder()
                          .setProblem(ProblemCode.COMMIT_UNKNOWN.number())
                          .build());
            });
    assertThat(problem(submitter.submit(put("a")))).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(sent).hasSize(3);
  }

  @Test
  void shouldGiveUpInTimeWithoutALeader() {
    leader = Optional.empty();
    Submitter submitter = submitter(Duration.ofMillis(100), this::answered);
    CompletableFuture<CommandResult> answer = submitter.submit(put("a"));
    assertThat(problem(answer)).isEqualTo(ProblemCode.NO_LEADER);
    assertThat(answer.handle((result, failure) -> Problems.cause(failure).getMessage()).join())
        .isEqualTo("No cluster leader");
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldHandRefusalsOnWithTheirCode() throws Exception {
    Submitter submitter =
        submitter(
            PATIENCE,
            entry ->
                entry.getCommand().hasRegisterClient()
                    ? answered(entry)
                    : CompletableFuture.completedFuture(
                        CommandResult.newBuilder()
                            .setProblem(ProblemCode.CONFLICT.number())
                            .setMessage("taken")
                            .build()));
    assertThat(problem(submitter.submit(put("a")))).isEqualTo(ProblemCode.CONFLICT);
    Command large =
        Command.newBuilder()
            .setWriteKv(
                WriteKv.newBuilder()
                    .setEntry(
                        KvEntry.newBuilder().setValue(ByteString.copyFrom(new byte[1 << 20]))))
            .build();
    assertThat(problem(submitter.submit(large))).isEqualTo(ProblemCode.TOO_LARGE);
    submitter.close();
    assertThat(problem(submitter.submit(put("b")))).isEqualTo(ProblemCode.SHUTTING_DOWN);
  }

  /** However sendings fare, a command is applied once if answered, and at most once if not. */
  @Property(tries = 15)
  void shouldApplyOnce(@ForAll @Size(max = 20) List<Fate> fates, @ForAll long seed)
      throws Exception {
    Random chance = new Random(seed);
    replica = new MapReplica();
    sent.clear();
    List<Fate> left = new ArrayList<>(fates);
    Submitter submitter =
        submitter(
            PATIENCE,
            entry -> {
              Fate fate = left.isEmpty() ? Fate.ANSWERED : left.remove(0);
              return switch (fate) {
                case ANSWERED -> answered(entry);
                case ANSWER_LOST -> {
                  apply(entry);
                  yield CompletableFuture.failedFuture(Problems.commitUnknown());
                }
                case REQUEST_LOST -> CompletableFuture.failedFuture(Problems.commitUnknown());
                case REFUSED -> CompletableFuture.failedFuture(Problems.notLeader());
              };
            });
    List<CompletableFuture<CommandResult>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(submitter.submit(put("k" + i)));
      if (chance.nextBoolean()) {
        get(answers.get(i));
      }
    }
    for (int i = 0; i < 10; i++) {
      get(answers.get(i));
      assertThat(replica.writes("k" + i)).isEqualTo(1);
    }
  }
}
