package io.hanse.http.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class FreshnessRoundsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(7);
  private static final Freshness FRESH = new Freshness(true, 0);

  /** The tasks of the loop; this thread is its thread. */
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  private final Executor loop = tasks::add;
  private final Asked asked = new Asked();
  private final FreshnessRounds rounds = new FreshnessRounds(asked, PATIENCE);

  @Test
  void asksAtOnceAsLongAsItIsAnsweredAtOnce() {
    asked.isLeader = true;

    assertThat(rounds.ask(Level.DEFAULT, loop)).isCompletedWithValue(FRESH);
    assertThat(rounds.ask(Level.DEFAULT, loop)).isCompletedWithValue(FRESH);

    assertThat(asked.count).isEqualTo(2);
    assertThat(tasks).isEmpty();
  }

  @Test
  void allWhoComeWhileAQuestionIsOutShareTheNextOne() {
    List<CompletableFuture<Freshness>> first = ask(1);
    asked.answer();
    run();
    List<CompletableFuture<Freshness>> together = ask(30);
    run();
    assertThat(asked.count).isEqualTo(2);
    List<CompletableFuture<Freshness>> later = ask(20);
    run();

    // Those who came later may have seen writes that the answer to the first question misses.
    assertThat(asked.count).isEqualTo(2);
    asked.answer();
    assertThat(together).noneMatch(CompletableFuture::isDone);
    run();
    assertThat(first).allMatch(CompletableFuture::isDone);
    assertThat(together).allMatch(CompletableFuture::isDone);
    assertThat(later).noneMatch(CompletableFuture::isDone);
    assertThat(asked.count).isEqualTo(3);
    asked.answer();
    run();
    assertThat(later).allMatch(CompletableFuture::isDone);
  }

  @Test
  void levelsAreAskedForApart() {
    rounds.ask(Level.DEFAULT, loop);
    rounds.ask(Level.CONSISTENT, loop);
    run();

    assertThat(asked.levels).containsExactly(Level.DEFAULT, Level.CONSISTENT);
  }

  @Test
  void aFailureIsThatOfAllWhoAskedTogetherAndOfNoOther() {
    ask(1);
    asked.answer();
    run();
    List<CompletableFuture<Freshness>> together = ask(3);
    run();
    List<CompletableFuture<Freshness>> later = ask(3);
    asked.fail();
    run();

    assertThat(together).allMatch(CompletableFuture::isCompletedExceptionally);
    asked.answer();
    run();
    assertThat(later).allMatch(each -> each.isDone() && !each.isCompletedExceptionally());
  }

  @Test
  void isAtOnceAgainOnceThisServerLeads() {
    ask(1);
    asked.answer();
    run();
    asked.isLeader = true;
    List<CompletableFuture<Freshness>> turning = ask(2);
    run();

    assertThat(turning).allMatch(CompletableFuture::isDone);
    assertThat(rounds.ask(Level.DEFAULT, loop)).isCompleted();
  }

  private List<CompletableFuture<Freshness>> ask(int count) {
    List<CompletableFuture<Freshness>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(rounds.ask(Level.DEFAULT, loop));
    }
    return answers;
  }

  private void run() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** Counts what is asked, and answers when it is told to. */
  private static final class Asked implements StateReader {
    private final Deque<CompletableFuture<Freshness>> open = new ArrayDeque<>();
    private final List<Level> levels = new ArrayList<>();
    private boolean isLeader;
    private int count;

    void answer() {
      open.remove().complete(FRESH);
    }

    void fail() {
      open.remove().completeExceptionally(new IllegalStateException("no leader"));
    }

    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      count++;
      levels.add(level);
      if (isLeader) {
        return CompletableFuture.completedFuture(FRESH);
      }
      CompletableFuture<Freshness> question = new CompletableFuture<>();
      open.add(question);
      return question;
    }

    @Override
    public Freshness freshness() {
      return FRESH;
    }

    @Override
    public View view() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      throw new UnsupportedOperationException();
    }
  }
}
