package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LifetimeTest {
  private final FullPipe pipe = new FullPipe();
  private final Logger log = (Logger) LoggerFactory.getLogger(Lifetime.class);

  /** Takes no line until somebody reads. */
  private static final class FullPipe extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final CompletableFuture<Void> read = new CompletableFuture<>();

    @Override
    protected void append(ILoggingEvent line) {
      read.join();
    }
  }

  @BeforeEach
  void fill() {
    pipe.setContext(log.getLoggerContext());
    pipe.start();
    log.addAppender(pipe);
    log.setLevel(Level.INFO);
  }

  @AfterEach
  void read() {
    pipe.read.complete(null);
    log.detachAppender(pipe);
    log.setLevel(null);
  }

  private static CompletableFuture<Boolean> close(AutoCloseable program) {
    CompletableFuture<Boolean> closing = new CompletableFuture<>();
    Thread hook = new Thread(() -> closing.complete(Lifetime.close(program)));
    hook.setDaemon(true);
    hook.start();
    return closing;
  }

  /** Else who manages processes would have to kill it, with all that it has open. */
  @Test
  void shouldCloseThoughNobodyReadsItsLog() {
    AtomicBoolean isClosed = new AtomicBoolean();
    CompletableFuture<Boolean> closing = close(() -> isClosed.set(true));
    assertThat(closing).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(true);
    assertThat(isClosed).isTrue();
  }

  /** Long before its time is over. */
  @Test
  void shouldEndAfterAnError() {
    read();
    CompletableFuture<Boolean> closing =
        close(
            () -> {
              throw new NoClassDefFoundError("a class that nobody missed");
            });
    assertThat(closing).succeedsWithin(20, TimeUnit.SECONDS);
  }
}
