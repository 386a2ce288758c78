package io.hanse.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransfersTest {
  @TempDir private Path folder;

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  @Test
  void shouldWaitUntilNothingIsWrittenAnyMore() throws Exception {
    Transfers transfers = new Transfers(Optional.of(folder));
    transfers.execute(this::write);
    begun.await();

    CompletableFuture<Long> leftAtReturn =
        CompletableFuture.supplyAsync(
            () -> {
              transfers.close();
              return over.getCount();
            });
    told.await();
    mayEnd.countDown();

    assertThat(leftAtReturn.get(30, TimeUnit.SECONDS)).isZero();
  }

  /** Goes on after it was told to end, until the test lets it. */
  private void write() {
    begun.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      told.countDown();
      awaitQuietly(mayEnd);
      over.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
