package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.hanse.fsm.row.NodeService;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.protocol.ProxyResources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteFeedTest {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");

  private List<String> servers = List.of("127.0.0.1:1");
  private List<String> roots =
      List.of(CertificateAuthority.create(DOMAIN, "test", 1, Instant.now()).row().getRootCert());
  private boolean breaks;
  private int contacts;
  private final HandLoop loop = new HandLoop();
  private final RouteFeed feed =
      new RouteFeed(
          loop,
          Runnable::run,
          new RouteFeed.Identity("web-proxy", ProxyResources.SIDECAR, ""),
          this::found,
          snapshot -> {});

  /** Nobody need listen there: a channel is one before it is connected. */
  private FirstContact.Found found() {
    contacts++;
    if (breaks) {
      throw new IllegalStateException("an answer that nobody foresaw");
    }
    return new FirstContact.Found(
        "n1", NodeService.getDefaultInstance(), DOMAIN.name(), "dc1", roots, servers);
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

  /** One of three is back: the others must not be waited for. */
  @Test
  void shouldTryAllServersOfARoundWithoutALongPause() {
    servers = List.of("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3");
    roots = List.of("no certificate");
    feed.start();
    loop.run();
    for (int rounds = 0; rounds < 10; rounds++) {
      contacts = 0;
      long pauses = 0;
      while (contacts == 0) {
        pauses += loop.pass();
        loop.run();
      }
      assertThat(pauses).isLessThanOrEqualTo(8_000 + 3 * 250);
    }
  }

  @Test
  void shouldContactAgainWhateverThatThrows() throws IOException {
    // Who refuses may have done so before the channel is looked at.
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      servers = List.of("127.0.0.1:" + silent.getLocalPort());
      breaks = true;
      feed.start();
      loop.run();
      assertThat(contacts).isOne();
      breaks = false;
      loop.pass();
      loop.run();
      assertThat(contacts).isEqualTo(2);
      assertThat(feed.channel()).isPresent();
    }
  }
}
