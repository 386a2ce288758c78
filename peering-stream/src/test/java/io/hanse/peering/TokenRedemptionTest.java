package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.protocol.RecordedEvents;
import io.hanse.peering.protocol.RecordedEvents.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which ways a token is redeemed, and what is said where none leads to an answer. */
class TokenRedemptionTest {
  private static final String SERVER = "10.0.0.1:8503";
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private LinkStatus failure = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "connection refused");
  private List<String> servers = List.of(SERVER);

  /** Gateways that do not pass their checks. */
  private List<String> away = List.of();

  private final AtomicInteger mistakes = new AtomicInteger();
  private final Mistakes made = new Mistakes();
  private final List<String> dialed = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    timers.shutdownNow();
  }

  private static PeeringSettings settings() {
    PeeringSettings usual = PeeringSettings.defaults("dc");
    return new PeeringSettings(
        "dc",
        usual.node(),
        usual.address(),
        true,
        true,
        true,
        PATIENCE,
        Duration.ofMillis(10),
        usual.attemptPatience());
  }

  /**
   * Redeems with gateways before the servers.
   *
   * @param good who answers; all others do after a while that they can't be reached
   */
  private CompletableFuture<String> redeem(
      List<String> gateways, Set<String> good, Duration pause) {
    PeeringToken token =
        new PeeringToken(
            List.of("root\n"),
            List.of(),
            servers,
            "server.of-root",
            "peer",
            "secret",
            RemoteInfo.getDefaultInstance(),
            Optional.empty());
    List<DialCandidate> candidates =
        Stream.of(
                gateways.stream().map(each -> candidate(each, "gateway")),
                servers.stream().map(each -> candidate(each, "peer")),
                away.stream().map(each -> candidate(each, "gateway")))
            .flatMap(each -> each)
            .toList();
    return TokenRedemption.redeem(
        settings(),
        (LinkTarget target, String peerId, String secret, String nonce, Duration patience) -> {
          dialed.add(target.address());
          if (mistakes.getAndDecrement() > 0) {
            throw made.next();
          }
          CompletableFuture<String> answer = new CompletableFuture<>();
          if (good.contains(target.address())) {
            answer.complete("stream-secret");
          } else {
            timers.schedule(
                () -> answer.completeExceptionally(new LinkException(failure)),
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
          }
          return answer;
        },
        timers,
        token,
        candidates,
        "nonce");
  }

  private static DialCandidate candidate(String address, String origin) {
    return DialCandidate.newBuilder().setAddress(address).setOrigin(origin).build();
  }

  @Test
  void shouldFallBackPastADeadGateway() {
    String secret = redeem(List.of("dead"), Set.of(SERVER), Duration.ZERO).join();

    assertThat(secret).isEqualTo("stream-secret");
    assertThat(dialed).startsWith("dead", "dead").endsWith(SERVER).containsOnlyOnce(SERVER);
  }

  @Test
  void shouldAskServersBeforeAGatewayThatIsAway() {
    away = List.of("away");
    assertThat(redeem(List.of(), Set.of(SERVER), Duration.ZERO).join()).isEqualTo("stream-secret");
    assertThat(dialed).containsExactly(SERVER);
    dialed.clear();
    assertThat(redeem(List.of(), Set.of("away"), Duration.ZERO).join()).isEqualTo("stream-secret");
    assertThat(dialed).containsExactly(SERVER, "away");
  }

  /** A host that is off refuses nobody: each attempt takes as long as it is waited for. */
  @ParameterizedTest
  @ValueSource(longs = {200, 700})
  void shouldTryTheServersHoweverLongASilentGatewayTook(long millis) {
    Duration pause = Duration.ofMillis(millis);
    String secret = redeem(List.of("silent-1", "silent-2"), Set.of(SERVER), pause).join();

    assertThat(secret).isEqualTo("stream-secret");
    assertThat(dialed).hasSizeBetween(2, 3).startsWith("silent-1").endsWith(SERVER);
  }

  /** The second one is made on a timer. */
  @Test
  void shouldTryAgainAfterMistakesThatNobodyForesaw() {
    mistakes.set(2);
    CompletableFuture<String> answer = redeem(List.of(), Set.of(SERVER), Duration.ZERO);
    assertThat(answer).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("stream-secret");
    assertThat(dialed).hasSize(3);
  }

  @Test
  void shouldTryEachServerOnceHoweverLongTheFirstOnesTook() {
    servers = List.of("off-1", "off-2", SERVER);
    redeem(List.of(), Set.of(SERVER), PATIENCE.multipliedBy(2)).join();
    assertThat(dialed).containsExactlyElementsOf(servers);
  }

  @Test
  void shouldEndOnceAllWereTriedAndTheTimeIsOver() {
    CompletableFuture<String> answer =
        redeem(List.of("silent"), Set.of(), PATIENCE.multipliedBy(2));
    assertThatThrownBy(answer::join)
        .hasMessageContaining("2 errors occurred:")
        .hasMessageContaining("through address \"" + SERVER + "\"");
    assertThat(dialed).containsExactly("silent", SERVER);
  }

  /** Source: peering protocol, section 12. */
  @Test
  void shouldSayThatAConsulLimitsRequests() {
    Event limited =
        RecordedEvents.byScenario("probes-ratelimit.tsv")
            .get("ExchangeSecret under an exhausted limit, call 1")
            .get(0);
    LinkStatus.Code code = LinkStatus.Code.valueOf(limited.arguments().get(0));
    failure = LinkStatus.of(code, limited.arguments().get(1));

    assertThatThrownBy(() -> redeem(List.of(), Set.of(), Duration.ZERO).join())
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.PEER_UNREACHABLE);
              assertThat(problem.getMessage())
                  .contains(
                      "failed to exchange peering secret through address \""
                          + SERVER
                          + "\": rpc error: code = Unavailable desc = rate limit exceeded for"
                          + " operation that can only be performed by the leader, try again later");
            });
    assertThat(dialed).as("until its time is over").hasSizeGreaterThan(3);
  }
}
