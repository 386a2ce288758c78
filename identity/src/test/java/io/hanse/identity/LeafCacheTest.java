package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeafCacheTest {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");
  private static final SpiffeId WEB = SpiffeId.service(DOMAIN, "dc1", "web");

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final InstantSource clock = now::get;
  private final CertificateAuthority authority =
      CertificateAuthority.create(DOMAIN, "test", 1, now.get());
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private final AtomicInteger signed = new AtomicInteger();
  private final LeafCache cache = new LeafCache(this::sign, clock, executor);
  private volatile boolean broken;

  @AfterEach
  void stop() {
    cache.close();
    executor.shutdownNow();
  }

  private CompletableFuture<LeafSigner.Signed> sign(String csr) {
    if (broken) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.NO_LEADER, "No cluster leader"));
    }
    SigningRequest request = SigningRequest.parse(csr);
    SpiffeId id = new SigningRules(DOMAIN, "dc1").judge(request);
    int serial = signed.incrementAndGet();
    String pem =
        authority.sign(request.key(), id, List.of(), serial, clock.instant(), Duration.ofHours(1));
    return CompletableFuture.completedFuture(new LeafSigner.Signed(pem, serial));
  }

  @Test
  void shouldSignOncePerIdentity() {
    List<CompletableFuture<Leaf>> asked = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      asked.add(cache.leaf(WEB));
    }
    Leaf leaf = asked.get(0).join();
    assertThat(asked).allMatch(one -> one.join().equals(leaf));
    assertThat(cache.leaf(WEB).join()).isEqualTo(leaf);
    assertThat(cache.present(WEB)).contains(leaf);
    assertThat(signed).hasValue(1);
    assertThat(leaf.id()).isEqualTo(WEB);
  }

  @Test
  void shouldNotHandOutExpiredLeaf() {
    Leaf first = cache.leaf(WEB).join();
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(2)));
    Leaf second = cache.leaf(WEB).join();
    assertThat(second.serialNumber()).isNotEqualTo(first.serialNumber());
    assertThat(second.key()).isNotEqualTo(first.key());
  }

  @Test
  void shouldTellFailureAndTryAnew() {
    broken = true;
    assertThatThrownBy(() -> cache.leaf(WEB).join()).hasMessageContaining("No cluster leader");
    broken = false;
    await().untilAsserted(() -> assertThat(cache.leaf(WEB).join().id()).isEqualTo(WEB));
  }

  @Test
  void shouldMakeRoomByWhatNobodyAskedForLongest() {
    try (LeafCache small = new LeafCache(this::sign, clock, executor, 2)) {
      SpiffeId watched = SpiffeId.service(DOMAIN, "dc1", "watched");
      small.leaf(watched).join();
      small.watch(watched, leaf -> {});
      now.updateAndGet(instant -> instant.plusSeconds(1));
      small.leaf(WEB).join();
      SpiffeId api = SpiffeId.service(DOMAIN, "dc1", "api");
      assertThat(small.leaf(api).join().id()).isEqualTo(api);
      assertThat(small.present(watched)).isPresent();
      assertThat(small.present(WEB)).isEmpty();

      small.watch(api, leaf -> {});
      assertThatThrownBy(() -> small.leaf(WEB).join()).hasMessageContaining("holds 2 certificates");
    }
  }

  @Test
  void shouldTellListenersOfRenewal() {
    cache.leaf(WEB).join();
    List<Leaf> seen = new ArrayList<>();
    Runnable stop = cache.watch(WEB, seen::add);
    now.updateAndGet(instant -> instant.plus(Duration.ofHours(2)));
    Leaf renewed = cache.leaf(WEB).join();
    await().until(() -> !seen.isEmpty());
    assertThat(seen).containsExactly(renewed);
    stop.run();
  }

  @Test
  void shouldRenewBetweenSixtyAndNinetyPercent() {
    Leaf leaf = cache.leaf(WEB).join();
    for (int seed = 0; seed < 100; seed++) {
      Instant renewal = Renewal.pick(leaf, new java.util.SplittableRandom(seed));
      Duration age = Duration.between(leaf.validAfter(), renewal);
      assertThat(age).isBetween(Duration.ofMinutes(36), Duration.ofMinutes(55));
    }
  }

  @Test
  void shouldLimitRate() {
    IssueRate rate = new IssueRate(50, Duration.ofMillis(500), 0);
    int granted = 0;
    int waiting = 0;
    for (int i = 0; i < 100; i++) {
      java.util.OptionalLong wait = rate.take(0);
      granted += wait.isPresent() && wait.getAsLong() == 0 ? 1 : 0;
      waiting += wait.isPresent() && wait.getAsLong() > 0 ? 1 : 0;
    }
    assertThat(granted).isEqualTo(5);
    assertThat(waiting).isBetween(24, 26);
    assertThat(rate.take(Duration.ofSeconds(2).toNanos())).hasValue(0);
    assertThat(new IssueRate(0, Duration.ZERO, 0).take(0)).hasValue(0);
  }
}
