package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.PeeringToken;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens and secrets between two clusters over a real, encrypted connection. */
class PeeringIT {
  private TestServer alpha;
  private TestServer beta;

  @BeforeEach
  void start() throws Exception {
    alpha = new TestServer("dc-alpha", outbound -> new RecordingInbound());
    beta = new TestServer("dc-beta", outbound -> new RecordingInbound());
  }

  @AfterEach
  void stop() {
    alpha.close();
    beta.close();
  }

  private static Peering peering(TestServer server, String name) {
    try (View view = server.cluster.view()) {
      return new Peerings(view).byName(name).orElseThrow();
    }
  }

  private static PeeringSecrets secrets(TestServer server, String peeringId) {
    try (View view = server.cluster.view()) {
      return new Peerings(view).secrets(peeringId).orElseThrow();
    }
  }

  private static String token(TestServer server, String name, String... external) {
    return server.peerings.generateToken(TokenRequest.of(name, List.of(external))).join();
  }

  private static ProblemException refusal(CompletableFuture<?> future) {
    try {
      future.join();
    } catch (java.util.concurrent.CompletionException e) {
      return (ProblemException) e.getCause();
    }
    throw new AssertionError("was not refused");
  }

  @Test
  void shouldEstablishByToken() {
    String token = token(beta, "alpha");
    alpha.peerings.establish("beta", token, Map.of("env", "test")).join();
    Peering dialer = peering(alpha, "beta");
    Peering acceptor = peering(beta, "alpha");
    assertThat(dialer.getState()).isEqualTo(PeeringState.ESTABLISHING);
    assertThat(dialer.getPeerId()).isEqualTo(acceptor.getId());
    assertThat(dialer.getPeerServerName()).isEqualTo(beta.serverName());
    assertThat(dialer.getPeerServerAddressesList()).containsExactly(beta.address());
    assertThat(dialer.getPeerCaPemsList()).isEqualTo(beta.roots());
    assertThat(dialer.getRemote().getDatacenter()).isEqualTo("dc-beta");
    assertThat(dialer.getMetaMap()).containsEntry("env", "test");
    assertThat(acceptor.getState()).isEqualTo(PeeringState.PENDING);
    assertThat(secrets(alpha, dialer.getId()).getActiveStream())
        .isNotEmpty()
        .isEqualTo(secrets(beta, acceptor.getId()).getPendingStream());
  }

  @Test
  void shouldRefuseUsedAndSupersededTokensAtOnce() {
    String first = token(beta, "alpha");
    String second = token(beta, "alpha");
    assertDenied("beta", first, "");
    alpha.peerings.establish("beta", second, Map.of()).join();
    assertDenied("other", second, "");
  }

  private void assertDenied(String name, String token, String reason) {
    ProblemException problem = refusal(alpha.peerings.establish(name, token, Map.of()));
    assertThat(problem.code()).isEqualTo(ProblemCode.PERMISSION_DENIED);
    assertThat(problem)
        .hasMessage(
            "a new peering token must be generated: invalid peering establishment secret" + reason);
  }

  @Test
  void shouldRefuseTokenThatComesLate() {
    TokenRequest request = new TokenRequest("alpha", "", Map.of(), List.of(), Duration.ofHours(1));
    String token = beta.peerings.generateToken(request).join();
    assertThat(PeeringToken.decode(token).expires())
        .hasValueSatisfying(
            end ->
                assertThat(end)
                    .isBetween(Instant.now().plusSeconds(3_000), Instant.now().plusSeconds(3_600)));
    beta.clock.pass(Duration.ofHours(2));
    assertDenied("beta", token, ": the token has expired");
  }

  @Test
  void shouldRefuseRevokedToken() {
    String token = token(beta, "alpha");
    assertThat(beta.peerings.revokeToken("alpha").join()).isTrue();
    assertThat(beta.peerings.revokeToken("alpha").join()).isFalse();
    assertDenied("beta", token, ": the token was revoked");
    assertThat(refusal(beta.peerings.revokeToken("nobody")).code())
        .isEqualTo(ProblemCode.NOT_FOUND);
    alpha.peerings.establish("beta", token(beta, "alpha"), Map.of()).join();
  }

  @Test
  void shouldRefuseLifetimesOutOfBounds() {
    for (Duration lifetime :
        List.of(Duration.ofMillis(1), Duration.ofDays(-1), Duration.ofDays(4_000))) {
      TokenRequest request = new TokenRequest("alpha", "", Map.of(), List.of(), lifetime);
      assertThat(refusal(beta.peerings.generateToken(request)))
          .hasMessageStartingWith("TTL must be between 1s and 87600h");
    }
  }

  @Test
  void shouldGiveSameRedeemerItsLostAnswerAgain() {
    String token = token(beta, "alpha");
    alpha.peerings.establish("beta", token, Map.of()).join();
    String secret = secrets(alpha, peering(alpha, "beta").getId()).getActiveStream();
    alpha.peerings.establish("beta", token, Map.of()).join();
    assertThat(secrets(alpha, peering(alpha, "beta").getId()).getActiveStream()).isEqualTo(secret);
  }

  @Test
  void shouldRefuseWrongRoles() {
    token(alpha, "beta");
    String token = token(beta, "alpha");
    assertThat(refusal(alpha.peerings.establish("beta", token, Map.of())))
        .hasMessage(
            "cannot create peering with name: \"beta\"; there is an existing peering expecting to"
                + " be dialed");
    alpha.peerings.establish("b", token, Map.of()).join();
    assertThat(refusal(alpha.peerings.generateToken(TokenRequest.of("b", List.of()))))
        .hasMessage(
            "cannot create peering with name: \"b\"; there is already an established peering");
    assertThat(refusal(beta.peerings.establish("self", token(beta, "x"), Map.of())))
        .hasMessageStartingWith("cannot create a peering within the same cluster \"server.dc-beta");
  }

  @Test
  void shouldKeepRecordOfFailedEstablish() {
    String token = token(beta, "alpha", "127.0.0.1:1");
    long begin = System.nanoTime();
    ProblemException problem = refusal(alpha.peerings.establish("beta", token, Map.of()));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(600));
    assertThat(problem.code()).isEqualTo(ProblemCode.PEER_UNREACHABLE);
    assertThat(problem)
        .hasMessageContaining(
            "failed to exchange peering secret through address \"127.0.0.1:1\": rpc error: code ="
                + " Unavailable desc = ")
        .hasMessageContaining("connection refused");
    assertThat(peering(alpha, "beta").getState()).isEqualTo(PeeringState.PENDING);
  }

  @Test
  void shouldRefuseEmptyAndForeignSecrets() {
    PeeringTokenParts parts = PeeringTokenParts.of(beta, token(beta, "alpha"));
    GrpcDialer dialer = new GrpcDialer(alpha.executor);
    for (String secret : List.of("", "11111111-2222-3333-4444-555555555555")) {
      assertStatus(
          dialer.redeem(parts.target(), parts.peerId(), secret, "", Duration.ofSeconds(5)),
          LinkStatus.Code.PERMISSION_DENIED,
          "invalid peering establishment secret");
    }
    assertStatus(
        dialer.redeem(parts.target(), "zz", "x", "", Duration.ofSeconds(5)),
        LinkStatus.Code.INTERNAL,
        "failed to read peering secret: failed peering secret lookup: index error: UUID must be 36"
            + " characters");
  }

  @Test
  void shouldCheckServerByNameAndRoots() {
    GrpcDialer dialer = new GrpcDialer(alpha.executor);
    LinkTarget wrongName =
        new LinkTarget(beta.address(), "server.other.peering.x.consul", beta.roots());
    assertThatThrownBy(() -> dialer.redeem(wrongName, "i", "s", "", Duration.ofSeconds(5)).join())
        .hasMessageContaining(
            "certificate is valid for " + beta.serverName() + ", not " + wrongName.serverName());
    LinkTarget wrongRoots = new LinkTarget(beta.address(), beta.serverName(), alpha.roots());
    assertThatThrownBy(() -> dialer.redeem(wrongRoots, "i", "s", "", Duration.ofSeconds(5)).join())
        .hasMessageContaining("signed by unknown authority");
    LinkTarget plaintext = new LinkTarget(beta.address(), "", List.of());
    assertStatus(
        dialer.redeem(plaintext, "i", "s", "", Duration.ofSeconds(5)),
        LinkStatus.Code.UNAVAILABLE,
        "");
  }

  @Test
  void shouldRefuseExpiredCertificate() throws Exception {
    ShiftedClock past = new ShiftedClock();
    past.pass(Duration.ofDays(-30));
    try (TestServer gamma = new TestServer("dc-gamma", outbound -> new RecordingInbound(), past)) {
      String token = token(gamma, "alpha");
      assertThat(refusal(alpha.peerings.establish("gamma", token, Map.of())))
          .hasMessageContaining("certificate has expired or is not yet valid");
      assertThat(peering(alpha, "gamma").getState()).isEqualTo(PeeringState.PENDING);
    }
  }

  private static void assertStatus(
      CompletableFuture<String> call, LinkStatus.Code code, String text) {
    assertThatThrownBy(call::join)
        .cause()
        .isInstanceOfSatisfying(
            LinkException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(code);
              assertThat(e.status().text()).contains(text);
            });
  }

  /** What a test needs of a token. */
  private record PeeringTokenParts(LinkTarget target, String peerId) {
    static PeeringTokenParts of(TestServer server, String token) {
      assertThat(token).isNotEmpty();
      return new PeeringTokenParts(
          new LinkTarget(server.address(), server.serverName(), server.roots()),
          peering(server, "alpha").getId());
    }
  }
}
