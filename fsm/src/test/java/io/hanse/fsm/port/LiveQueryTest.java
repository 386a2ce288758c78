package io.hanse.fsm.port;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveQueryTest {
  private static final Key KEY = Key.of("a");

  private final Store store = new Store(StoreSettings.defaults(), Runnable::run);
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<String> answers = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();

  /** Reads the store, with nothing between. */
  private final StateReader reader =
      new StateReader() {
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
          return store.view();
        }

        @Override
        public Runnable watch(ReadSet reads, long since, Runnable wake) {
          return store.watches().watch(reads, since, wake);
        }
      };

  @AfterEach
  void close() {
    store.close();
  }

  private LiveQuery<String> start() {
    return LiveQuery.start(
        reader,
        LiveQueryTest::read,
        tasks::add,
        (answer, index) -> answers.add(answer),
        failures::add);
  }

  private static String read(View view) {
    byte[] value = view.get(TableId.KV, KEY);
    String text = value == null ? "none" : new String(value, UTF_8);
    if (text.equals("broken")) {
      throw new IllegalStateException(text);
    }
    if (text.equals("broken for good")) {
      throw new NoClassDefFoundError(text);
    }
    return text;
  }

  private void put(Key key, String value) {
    Transaction transaction = store.begin(store.version().logIndex() + 1, 0);
    transaction.put(TableId.KV, key, value.getBytes(UTF_8), transaction.nextIndex());
    transaction.publish();
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void shouldAnswerNowAndAfterEachChangeOfWhatWasRead() {
    try (LiveQuery<String> query = start()) {
      runAll();
      put(Key.of("other"), "x");
      assertThat(tasks).isEmpty();
      put(KEY, "1");
      assertThat(tasks).hasSize(1);
      put(KEY, "2");
      assertThat(tasks).as("changes in one").hasSize(1);
      runAll();
      put(KEY, "3");
      runAll();
      assertThat(answers).containsExactly("none", "2", "3");
      assertThat(failures).isEmpty();
      assertThat(query).isNotNull();
    }
    assertThat(store.watches().count()).isZero();
    put(KEY, "4");
    assertThat(tasks).isEmpty();
  }

  @Test
  void shouldEndWhenClosedBeforeItRuns() {
    start().close();
    runAll();
    assertThat(answers).isEmpty();
    assertThat(store.watches().count()).isZero();
  }

  /** Of an error, too, who follows what is read has to hear: nothing else would be told. */
  @ParameterizedTest
  @ValueSource(strings = {"broken", "broken for good"})
  void shouldSayOnceWhyItFailed(String how) {
    try (LiveQuery<String> query = start()) {
      runAll();
      put(KEY, how);
      runAll();
      put(KEY, "well again");
      runAll();
      assertThat(answers).containsExactly("none");
      assertThat(failures).hasSize(1);
      assertThat(query).isNotNull();
    }
  }
}
