package io.hanse.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransfersTest {
  private static final int FILES = 200;

  @TempDir private Path folder;

  @Test
  void shouldWriteNothingOnceItIsClosed() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Transfers transfers = new Transfers(Optional.of(folder));
    transfers.execute(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            writeOn(transfers);
            over.countDown();
          }
        });
    begun.await();

    transfers.close();

    assertThat(over.getCount()).isZero();
  }

  /** Goes on for a while after it was told to end. */
  private static void writeOn(Transfers transfers) {
    try {
      for (int i = 0; i < FILES; i++) {
        Path file = transfers.file();
        Files.write(file, new byte[100_000]);
        Transfers.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
