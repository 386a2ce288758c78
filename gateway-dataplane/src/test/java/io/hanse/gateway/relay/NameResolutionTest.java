package io.hanse.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for whose names. */
class NameResolutionTest {
  private static final String OWN = "";

  private final CountDownLatch answered = new CountDownLatch(1);
  private final NameResolution names = new NameResolution(this::lookUp);

  @AfterEach
  void close() {
    answered.countDown();
    names.close();
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    if (host.startsWith("slow")) {
      try {
        answered.await();
      } catch (InterruptedException e) {
        throw new UnknownHostException(host);
      }
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private void expectAnswer(String cluster) throws Exception {
    assertThat(names.lookUp(cluster, "quick").get(10, TimeUnit.SECONDS))
        .isEqualTo(InetAddress.getLoopbackAddress());
  }

  /** They are of many services, that have nothing to do with each other. */
  @Test
  void shouldNotLetFewNamesOfThisClusterHoldUpItsOthers() throws Exception {
    for (int i = 0; i < 7; i++) {
      assertThat(names.lookUp(OWN, "slow-" + i)).isNotDone();
    }
    expectAnswer(OWN);
  }

  @Test
  void shouldNotLetManyPeersHoldUpThisCluster() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(names.lookUp("peer-" + i, "slow-" + i)).isNotDone();
    }
    expectAnswer(OWN);
  }

  @Test
  void shouldSayThatANameWasNotLookedUp() {
    CompletableFuture<InetAddress> last = new CompletableFuture<>();
    for (int i = 0; i < 100; i++) {
      last = names.lookUp("west", "slow-" + i);
    }
    CompletableFuture<InetAddress> refused = last;
    assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(NameResolution.TooManyNames.class);
  }
}
