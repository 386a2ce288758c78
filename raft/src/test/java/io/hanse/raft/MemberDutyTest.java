package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.view.Autopilot;
import io.hanse.raft.Consensus.Position;
import io.hanse.raft.Consensus.Voters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which member gets a vote and which is taken out, on a clock of the test's own. */
class MemberDutyTest {
  private static final java.time.Duration DEAD_AFTER = java.time.Duration.ofDays(3);
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  @TempDir private Path directory;

  private final Map<String, Long> silences = new TreeMap<>();
  private final Map<String, Long> progress = new TreeMap<>();
  private final List<String> done = new ArrayList<>();
  private final Set<String> unreachable = new TreeSet<>();
  private final AtomicLong nanos = new AtomicLong();
  private AutopilotConfiguration rules = Autopilot.DEFAULTS;
  private boolean leads = true;
  private AddressBook book;
  private MemberDuty duty;

  private final FakeConsensus consensus =
      new FakeConsensus("self") {
        @Override
        public Map<String, Long> silences() {
          return silences;
        }

        @Override
        public Map<String, Long> progress() {
          return progress;
        }

        @Override
        public CompletableFuture<Void> replace(Set<String> replaced, String raftId) {
          done.add(raftId + " for " + replaced);
          return unreachable.contains(raftId)
              ? CompletableFuture.failedFuture(new IllegalStateException("not brought up to date"))
              : CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> removeVoter(String raftId) {
          done.add("remove " + raftId);
          return CompletableFuture.completedFuture(null);
        }
      };

  @BeforeEach
  void start() throws IOException {
    book =
        new AddressBook(
            DataDirectory.open(directory, "node", new DurableFiles(new RecordingSync())),
            row -> {});
    duty =
        new MemberDuty(
            new Leading(),
            consensus,
            new MemberHealth(consensus, "self", RaftSettings.Timing.defaults(), () -> 1),
            book,
            new NoCalls(),
            () -> rules,
            DEAD_AFTER,
            nanos::get);
    consensus.position = new Position(1, true, Optional.of("self"), 1000, 1000);
    named("self", "n0");
  }

  private void named(String raftId, String node) {
    book.learn(
        List.of(
            Server.newBuilder()
                .setRaftId(raftId)
                .setNode(node)
                .setAddress("127.0.0.1")
                .setStart(1)
                .build()));
  }

  private void members(String... voters) {
    consensus.voters = new Voters(Set.of(voters), Set.of());
    for (String id : voters) {
      silences.putIfAbsent(id, 10L);
      progress.putIfAbsent(id, 1000L);
    }
  }

  private void look(long secondsLater) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(secondsLater));
    duty.look();
  }

  /** Asks once a second, so long. */
  private void ask(String raftId, int seconds) {
    for (int i = 0; i < seconds; i++) {
      assertThat(duty.apply(Server.newBuilder().setRaftId(raftId).build()))
          .isCompletedExceptionally();
      look(1);
    }
  }

  @Test
  void shouldGiveAVoteOnlyAfterTheWholeTimeOfStability() {
    members("self");
    ask("b", 9);
    assertThat(done).isEmpty();
    look(4);
    ask("b", 9);
    assertThat(done).isEmpty();
    ask("b", 1);
    assertThat(done).containsExactly("b for []");
  }

  /** As one whose Raft port is closed: it asks, and can't be brought up to date. */
  @Test
  void shouldNotLetOneThatCannotBeTakenInHoldUpTheOthers() {
    members("self", "a", "b");
    unreachable.add("closed");
    ask("closed", 11);
    assertThat(done).isNotEmpty().containsOnly("closed for []");

    silences.put("b", 73 * HOUR);
    ask("closed", 1);
    assertThat(done).last().isEqualTo("remove b");

    silences.put("b", 10L);
    done.clear();
    for (int i = 0; i < 11; i++) {
      assertThat(duty.apply(Server.newBuilder().setRaftId("open").build()))
          .isCompletedExceptionally();
      ask("closed", 1);
    }
    assertThat(done).contains("open for []", "closed for []");
  }

  @Test
  void shouldPutANewcomerInThePlaceOfTheDeadOneOfItsName() {
    members("self", "a", "old");
    named("old", "n1");
    named("new", "n1");
    named("a", "n2");
    silences.put("old", 60_000L);
    ask("new", 10);
    assertThat(done).containsExactly("new for [old]");
  }

  @Test
  void shouldTakeOutOneThatIsSilentForDaysButNotOneThatIsRestarted() {
    members("self", "a", "b");
    silences.put("b", 71 * HOUR);
    look(0);
    assertThat(done).isEmpty();
    silences.put("b", 73 * HOUR);
    look(1);
    assertThat(done).containsExactly("remove b");
  }

  @Test
  void shouldTakeNobodyOutWhereHalfIsSilent() {
    members("self", "a", "b", "c");
    silences.put("b", 73 * HOUR);
    silences.put("c", 6_000L);
    look(0);
    assertThat(done).isEmpty();
    silences.put("c", 10L);
    look(1);
    assertThat(done).containsExactly("remove b");
  }

  @Test
  void shouldKeepAsManyVotersAsTheRulesSayAndNobodyOutWhereTheySaySo() {
    members("self", "a", "b");
    silences.put("b", 73 * HOUR);
    rules = Autopilot.DEFAULTS.toBuilder().setMinQuorum(3).build();
    look(0);
    rules = Autopilot.DEFAULTS.toBuilder().setCleanupDeadServers(false).build();
    look(1);
    assertThat(done).isEmpty();
  }

  @Test
  void shouldDoNothingOnAFollowerAndForgetWhatItKnew() {
    members("self");
    ask("b", 9);
    leads = false;
    look(1);
    leads = true;
    ask("b", 9);
    assertThat(done).isEmpty();
    ask("b", 1);
    assertThat(done).containsExactly("b for []");
  }

  private final class Leading implements Leadership {
    @Override
    public Standing standing() {
      return new Standing(1, leads, Optional.of("self"));
    }

    @Override
    public String self() {
      return "self";
    }

    @Override
    public void onChange(Consumer<Standing> listener) {}
  }

  private static final class NoCalls implements LeaderCall {
    @Override
    public void serve(String name, Function<ByteString, CompletableFuture<ByteString>> handler) {}

    @Override
    public CompletableFuture<ByteString> callOnce(
        String name, ByteString request, java.time.Duration patience) {
      return call(name, request, patience);
    }

    @Override
    public CompletableFuture<ByteString> call(
        String name, ByteString request, java.time.Duration patience) {
      return CompletableFuture.failedFuture(Problems.notLeader());
    }
  }
}
