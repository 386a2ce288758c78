package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentThreadsTest {
  private static final int FILES = 200;

  @TempDir private Path folder;

  /** What is registered, and the keyring: the directory may be removed, or be another's. */
  @Test
  void shouldWriteNothingOnceTheyAreClosed() throws Exception {
    AgentThreads threads = new AgentThreads();
    List<ExecutorService> writers = List.of(threads.agent(), threads.background());
    CountDownLatch begun = new CountDownLatch(writers.size());
    CountDownLatch over = new CountDownLatch(writers.size());
    for (ExecutorService writer : writers) {
      writer.execute(
          () -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              writeOn();
              over.countDown();
            }
          });
    }
    begun.await();

    threads.close();

    assertThat(over.getCount()).isZero();
  }

  /** Goes on for a while after it was told to end. */
  private void writeOn() {
    try {
      for (int i = 0; i < FILES; i++) {
        Path file = Files.createTempFile(folder, "", "");
        Files.write(file, new byte[100_000]);
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
