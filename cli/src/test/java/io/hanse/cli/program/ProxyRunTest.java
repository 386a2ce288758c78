package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hanse.gateway.MeshProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** In which order a proxy stops, and tells of it. */
class ProxyRunTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<String> steps = new CopyOnWriteArrayList<>();
  private boolean isHeard;

  private final Presence presence =
      new Presence() {
        @Override
        public void begin() {
          steps.add("begin");
        }

        @Override
        public void settle() {
          steps.add("settle");
        }

        @Override
        public boolean leave() {
          steps.add("leave");
          return isHeard;
        }

        @Override
        public void left() {
          steps.add("left");
        }

        @Override
        public void takeBack() {
          steps.add("take back");
        }
      };

  private final MeshProxy proxy =
      new MeshProxy() {
        @Override
        public CompletableFuture<Void> ready() {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public CompletableFuture<Void> failed() {
          return new CompletableFuture<>();
        }

        @Override
        public void awaitQuiet(Duration patience) {
          steps.add("await quiet");
        }

        @Override
        public void stopListening() {
          steps.add("stop listening");
        }

        @Override
        public int stop() {
          steps.add("stop");
          return 0;
        }

        @Override
        public void close() {
          steps.add("close");
        }
      };

  private void runAndStop(Optional<Presence> told) throws Exception {
    ProxyRun run = new ProxyRun(told);
    run.start(() -> steps.add("begun"), () -> proxy);
    run.stop();
    run.stop();
  }

  @Test
  void shouldLeadCallersAwayBeforeItStopsToListen() throws Exception {
    isHeard = true;
    runAndStop(Optional.of(presence));
    assertThat(steps)
        .containsExactly(
            "begin", "begun", "settle", "leave", "await quiet", "stop listening", "left", "stop");
  }

  /** The word may have got through, and nobody else would take it back. */
  @Test
  void shouldFinishToLeaveWhereNoAnswerCame() throws Exception {
    runAndStop(Optional.of(presence));
    assertThat(steps)
        .containsExactly("begin", "begun", "settle", "leave", "stop listening", "left", "stop");
  }

  @Test
  void shouldJustStopWhereOthersTellOfIt() throws Exception {
    runAndStop(Optional.empty());
    assertThat(steps).containsExactly("begun", "stop");
  }

  /** As of a pipe that nobody reads. */
  @Test
  void shouldStopThoughNobodyTakesWhatItSays() throws Exception {
    CountDownLatch says = new CountDownLatch(1);
    CountDownLatch isRead = new CountDownLatch(1);
    ProxyRun run = new ProxyRun(Optional.of(presence));
    Runnable say =
        () -> {
          says.countDown();
          assertThatCode(isRead::await).doesNotThrowAnyException();
        };
    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(
            () -> catchThrowable(() -> run.start(say, () -> proxy)), ProxyRunTest::onThread);
    says.await();
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () -> assertThatCode(run::stop).doesNotThrowAnyException(), ProxyRunTest::onThread);
    try {
      assertThat(stopped).succeedsWithin(PATIENCE);
    } finally {
      isRead.countDown();
    }
    assertThat(failure)
        .succeedsWithin(PATIENCE)
        .satisfies(each -> assertThat(each).hasMessage("told to stop before it started"));
    assertThat(steps).containsExactly("begin", "take back");
  }

  private static void onThread(Runnable task) {
    new Thread(task, "proxy").start();
  }
}
