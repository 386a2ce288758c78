package io.hanse.http.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.http.exchange.InetAddresses;
import io.hanse.http.exchange.Transfers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadTest {
  private static final int CLIENTS = 4;
  private static final int PARTS = 20;
  private static final int PART_BYTES = 1_000;

  @TempDir private Path folder;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
  private Transfers transfers;
  private int clientsSoFar;

  /** Each is another client's. */
  private Transfers.Place place() {
    return transfers.upload(InetAddresses.of(++clientsSoFar));
  }

  /** One that sends an archive. */
  private final class Client {
    private final Channel channel = new LocalChannel();
    private final CompletableFuture<Upload.Received> written = new CompletableFuture<>();
    private final ChannelHandlerContext context;
    private final Upload upload;

    Client() {
      channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
      loops.register(channel).syncUninterruptibly();
      context = channel.pipeline().lastContext();
      upload =
          new Upload(
              transfers, place(), context, written::complete, written::completeExceptionally);
      context.executor().execute(upload::begin);
    }

    void send(int number) {
      context
          .executor()
          .execute(
              () -> {
                ByteBuf part = Unpooled.wrappedBuffer(new byte[PART_BYTES]);
                upload.take(part, number == PARTS - 1);
                part.release();
              });
    }
  }

  @BeforeEach
  void open() {
    transfers = new Transfers(Optional.of(folder));
  }

  @AfterEach
  void close() {
    transfers.close();
    loops.shutdownGracefully(0, 1, SECONDS);
  }

  private List<Client> sendAll() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client());
    }
    for (int part = 0; part < PARTS; part++) {
      for (Client client : clients) {
        client.send(part);
      }
    }
    return clients;
  }

  private static void assertWritten(List<Client> clients) throws Exception {
    for (Client client : clients) {
      try (Upload.Received received = client.written.get(30, SECONDS)) {
        assertThat(Files.size(received.file())).isEqualTo((long) PARTS * PART_BYTES);
      }
      assertThat(client.channel.config().isAutoRead()).isTrue();
    }
  }

  @Test
  void shouldTakeManyAtATime() throws Exception {
    assertWritten(sendAll());
    assertWritten(sendAll());
    assertNothingKept();
  }

  private void assertNothingKept() {
    for (int i = 0; i < CLIENTS; i++) {
      assertThatCode(this::place).doesNotThrowAnyException();
    }
    assertThatThrownBy(this::place).hasMessageContaining("too many snapshots");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shouldKeepThePlaceUntilTheFileIsGone() throws Exception {
    List<Client> clients = sendAll();
    for (Client client : clients) {
      client.written.get(30, SECONDS);
    }
    assertThatThrownBy(this::place).hasMessageContaining("too many snapshots");
    assertWritten(clients);
    assertNothingKept();
  }

  @Test
  void shouldGiveThePlaceBackOfWhoGoesInTheMiddle() throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      Client client = new Client();
      client.send(0);
      client.context.executor().submit(client.upload::abort).get();
    }
    for (int i = 0; i < CLIENTS; i++) {
      await().ignoreExceptions().until(() -> place() != null);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void shouldGiveThePlaceBackOfWhatCannotBeWritten() throws Exception {
    Files.delete(folder);
    Files.createFile(folder);
    for (Client client : sendAll()) {
      assertThat(client.written).failsWithin(Duration.ofSeconds(30));
    }
    Files.delete(folder);
    Files.createDirectory(folder);
    assertNothingKept();
  }

  /** A client takes its time to fetch one. */
  @Test
  void shouldTakeThemWhileOthersAreSaved() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    for (int i = 0; i < 4; i++) {
      transfers.run(place -> awaitQuietly(mayEnd, place));
    }
    try {
      assertWritten(sendAll());
    } finally {
      mayEnd.countDown();
    }
  }

  private static boolean awaitQuietly(CountDownLatch latch, Transfers.Place place) {
    try (place) {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
