package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.hanse.fsm.row.NodeService;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.Loop;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteFeedTest {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");

  private final HandLoop loop = new HandLoop();
  private final RouteFeed feed =
      new RouteFeed(
          loop,
          Runnable::run,
          new RouteFeed.Identity("web-proxy", ProxyResources.SIDECAR, ""),
          RouteFeedTest::found,
          snapshot -> {});

  /** Nobody need listen there: a channel is one before it is connected. */
  private static FirstContact.Found found() {
    return new FirstContact.Found(
        "n1",
        NodeService.getDefaultInstance(),
        DOMAIN.name(),
        "dc1",
        List.of(CertificateAuthority.create(DOMAIN, "test", 1, Instant.now()).row().getRootCert()),
        List.of("127.0.0.1:1"));
  }

  @AfterEach
  void end() {
    feed.close();
    loop.run();
  }

  @Test
  void shouldGiveItsChannelUpWhereItsLoopRunsNoMore() {
    feed.start();
    loop.runNext();
    loop.runNext();
    ManagedChannel channel = feed.channel().orElseThrow();

    feed.close();

    assertThat(channel.isShutdown()).isTrue();
    assertThat(feed.channel()).isEmpty();
  }

  @Test
  void shouldMakeNoChannelOnceItIsClosed() {
    feed.start();
    loop.runNext();
    feed.close();
    loop.run();

    assertThat(feed.channel()).isEmpty();
  }

  /** Runs what is due when it is told to. */
  private static final class HandLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    @Override
    public synchronized void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Runnable after(long delayMillis, Runnable task) {
      return () -> {};
    }

    @Override
    public long nowMillis() {
      return 1;
    }

    private synchronized Runnable next() {
      return tasks.poll();
    }

    void runNext() {
      Runnable task = next();
      if (task != null) {
        task.run();
      }
    }

    void run() {
      for (Runnable task = next(); task != null; task = next()) {
        task.run();
      }
    }
  }
}
