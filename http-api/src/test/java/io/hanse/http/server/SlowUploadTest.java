package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.InetAddresses;
import io.hanse.http.exchange.Transfers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time is that of the channel. */
class SlowUploadTest {
  @TempDir private Path folder;

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final CompletableFuture<Upload.Received> written = new CompletableFuture<>();
  private Transfers transfers;
  private Upload upload;
  private int clients;

  @BeforeEach
  void begin() {
    channel.freezeTime();
    transfers = new Transfers(Optional.of(folder));
    for (int others = 0; others < 3; others++) {
      place();
    }
    upload =
        new Upload(
            transfers,
            place(),
            channel.pipeline().lastContext(),
            written::complete,
            written::completeExceptionally);
    upload.begin();
  }

  @AfterEach
  void end() {
    transfers.close();
    channel.finishAndReleaseAll();
  }

  /** Each is another client. */
  private Transfers.Place place() {
    return transfers.upload(InetAddresses.of(++clients));
  }

  private void send(int bytes, boolean isLast) {
    ByteBuf part = Unpooled.wrappedBuffer(new byte[bytes]);
    upload.take(part, isLast);
    part.release();
  }

  /** One thread writes one thing after the other. */
  private void awaitWritten() {
    CompletableFuture<Void> before = new CompletableFuture<>();
    transfers.write(() -> before.complete(null));
    before.join();
  }

  private void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  private void send(int bytes) {
    send(bytes, false);
    awaitWritten();
    channel.runPendingTasks();
  }

  private void assertGivenUp() {
    assertThatThrownBy(written::join)
        .cause()
        .isInstanceOfSatisfying(
            HttpProblem.class, problem -> assertThat(problem.status()).isEqualTo(408));
    assertThat(folder).isEmptyDirectory();
    place();
  }

  @Test
  void shouldGiveUpWhoSendsNothing() {
    pass(59);
    assertThat(written).isNotDone();
    pass(1);
    assertGivenUp();
  }

  @Test
  void shouldGiveUpWhoSendsALittleWheneverItsTimeIsAlmostOver() {
    pass(59);
    send(1_000);
    assertThat(written).isNotDone();
    pass(2);
    assertGivenUp();
  }

  @Test
  void shouldLetSlowLinesTakeTheTimeThatTheyNeed() {
    for (int seconds = 0; seconds < 600; seconds += 20) {
      pass(20);
      send(1 << 20);
    }
    send(0, true);
    awaitWritten();
    channel.runPendingTasks();
    assertThat(written).isCompleted();
    pass(3_600);
    written.join().close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shouldNotCountTheTimeThatTheDiskTakes() {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    transfers.write(disk::join);
    send(1_000, false);
    pass(3_600);
    disk.complete(null);
    awaitWritten();
    channel.runPendingTasks();
    pass(59);
    assertThat(written).isNotDone();
    pass(2);
    assertGivenUp();
  }
}
