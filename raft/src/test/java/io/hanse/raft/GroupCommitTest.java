package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.WriteKv;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final RaftSettings.Limits LIMITS =
      new RaftSettings.Limits(4, 1000, 2, 8, 4000, 8, 1 << 20, 8, 1, 1, 1, 1);

  private final List<Batch> appended = new ArrayList<>();
  private final List<CompletableFuture<BatchResult>> replies = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private GroupCommit groupCommit;
  private boolean isBroken;

  @BeforeEach
  void open() {
    groupCommit =
        new GroupCommit(
            LIMITS,
            this::append,
            Runnable::run,
            (wait, task) -> timers.add(task),
            () -> 77,
            nanos::get);
    groupCommit.open();
  }

  private CompletableFuture<BatchResult> append(byte[] entry) {
    if (isBroken) {
      throw new NoClassDefFoundError("a class that nobody missed");
    }
    try {
      appended.add(Batch.parseFrom(entry));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    CompletableFuture<BatchResult> reply = new CompletableFuture<>();
    replies.add(reply);
    return reply;
  }

  private CompletableFuture<CommandResult> submit(long sequence) {
    return groupCommit.submit(entry(sequence, 0), 1000);
  }

  private static Entry entry(long sequence, int bytes) {
    return Entry.newBuilder()
        .setSequence(sequence)
        .setCommand(
            Command.newBuilder()
                .setWriteKv(
                    WriteKv.newBuilder()
                        .setEntry(
                            KvEntry.newBuilder().setValue(ByteString.copyFrom(new byte[bytes])))))
        .build();
  }

  private List<Long> sequences(int batch) {
    return appended.get(batch).getEntriesList().stream().map(Entry::getSequence).toList();
  }

  private void answer(int batch) {
    BatchResult.Builder result = BatchResult.newBuilder();
    sequences(batch)
        .forEach(sequence -> result.addResults(CommandResult.newBuilder().setIndex(sequence)));
    replies.get(batch).complete(result.build());
  }

  private static ProblemCode problem(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    return Problems.code(future.handle((value, failure) -> failure).join());
  }

  /** Time passes until nothing waits for it. */
  private void letTimePass() {
    while (!timers.isEmpty()) {
      timers.remove().run();
    }
  }

  @Test
  void shouldSendFewAtOnceAndGatherWhatComesMeanwhile() {
    List<CompletableFuture<CommandResult>> answers = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      answers.add(submit(i));
    }
    assertThat(appended).hasSize(2);
    answer(0);
    answer(1);
    letTimePass();
    assertThat(appended).hasSize(3);
    assertThat(sequences(2)).containsExactly(3L, 4L, 5L);
    assertThat(appended.get(2).getTimeMillis()).isEqualTo(77);
    answer(2);
    assertThat(answers.get(4).join().getIndex()).isEqualTo(5);
  }

  @Test
  void shouldWaitForThoseWhoWereAnswered() {
    submit(1);
    submit(2);
    submit(3);
    submit(4);
    submit(5);
    answer(0);
    answer(1);
    assertThat(appended).as("one is answered and three wait").hasSize(2);
    submit(6);
    assertThat(sequences(2)).as("all are back").containsExactly(3L, 4L, 5L, 6L);
    letTimePass();
    assertThat(appended).hasSize(3);
  }

  @Test
  void shouldSendASecondBatchOnlyIfItIsFull() {
    submit(1);
    submit(2);
    submit(3);
    submit(4);
    submit(5);
    answer(0);
    assertThat(appended).hasSize(2);
    submit(6);
    assertThat(sequences(2)).containsExactly(3L, 4L, 5L, 6L);
  }

  @Test
  void shouldStopABatchAtItsLimits() {
    submit(1);
    submit(2);
    for (int i = 3; i <= 8; i++) {
      submit(i);
    }
    answer(0);
    assertThat(sequences(2)).containsExactly(3L, 4L, 5L, 6L);
    groupCommit.submit(entry(9, 990), 1000);
    groupCommit.submit(entry(10, 990), 1000);
    answer(1);
    assertThat(sequences(3)).containsExactly(7L, 8L);
    answer(2);
    answer(3);
    letTimePass();
    assertThat(sequences(4)).containsExactly(9L);
    answer(4);
    letTimePass();
    assertThat(sequences(5)).containsExactly(10L);
  }

  @Test
  void shouldTakeACommandAboveTheLimitOfABatchAlone() {
    submit(1);
    submit(2);
    groupCommit.submit(entry(3, 2000), 1000);
    submit(4);
    answer(0);
    answer(1);
    letTimePass();
    assertThat(sequences(2)).containsExactly(3L);
  }

  @Test
  void shouldRefuseAboveTheQueuesBounds() {
    submit(1);
    submit(2);
    for (int i = 0; i < 8; i++) {
      submit(i);
    }
    assertThat(problem(submit(9))).isEqualTo(ProblemCode.OVERLOADED);
    answer(0);
    answer(1);
    answer(2);
    answer(3);
    submit(1);
    submit(2);
    groupCommit.submit(entry(3, 3500), 1000);
    assertThat(problem(groupCommit.submit(entry(4, 1000), 1000))).isEqualTo(ProblemCode.OVERLOADED);
  }

  @Test
  void shouldRefuseWhatWaitedTooLongWithoutAppendingIt() {
    submit(1);
    submit(2);
    CompletableFuture<CommandResult> late = groupCommit.submit(entry(3, 0), 5);
    nanos.addAndGet(6_000_000);
    answer(0);
    assertThat(problem(late)).isEqualTo(ProblemCode.DEADLINE_EXCEEDED);
    assertThat(appended).hasSize(2);
  }

  @Test
  void shouldRefuseWhatWaitsWhenLeadershipIsLost() {
    CompletableFuture<CommandResult> sent = submit(1);
    submit(2);
    CompletableFuture<CommandResult> waiting = submit(3);
    groupCommit.close();
    assertThat(problem(waiting)).isEqualTo(ProblemCode.NOT_LEADER);
    assertThat(problem(submit(4))).isEqualTo(ProblemCode.NOT_LEADER);
    assertThat(sent).isNotDone();
    answer(0);
    assertThat(sent.join().getIndex()).isEqualTo(1);
  }

  /** More often than batches may be on their way at once. */
  @Test
  void shouldGoOnAfterErrors() {
    isBroken = true;
    for (int i = 1; i <= 5; i++) {
      CompletableFuture<CommandResult> failed = submit(i);
      letTimePass();
      assertThat(problem(failed)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    }
    isBroken = false;
    CompletableFuture<CommandResult> later = submit(6);
    letTimePass();
    answer(0);
    assertThat(later.join().getIndex()).isEqualTo(6);
  }

  @Test
  void shouldCallWhateverFailsAfterAnAppendUnknown() {
    CompletableFuture<CommandResult> failed = submit(1);
    CompletableFuture<CommandResult> empty = submit(2);
    replies.get(0).completeExceptionally(new IllegalStateException("not the leader"));
    replies.get(1).complete(BatchResult.getDefaultInstance());
    assertThat(problem(failed)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(problem(empty)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    CompletableFuture<CommandResult> other = submit(3);
    CommandResult one = CommandResult.getDefaultInstance();
    replies.get(2).complete(BatchResult.newBuilder().addResults(one).addResults(one).build());
    assertThat(problem(other)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
  }
}
