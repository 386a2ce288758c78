package io.hanse.peering.transport;

import static io.hanse.peering.transport.PeerCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stream secrets that are followed by others while services change. Beta dials alpha. */
class SecretRotationIT {
  private PeerCluster alpha;
  private PeerCluster beta;
  private FaultyLink link;

  @BeforeEach
  void start() throws Exception {
    alpha = new PeerCluster("dc-alpha");
    beta =
        new PeerCluster(
            "dc-beta",
            ReplicationSettings.DEFAULT.withSecretMillisMax(200),
            PeerCluster.FRESH_MILLIS);
    link = new FaultyLink(alpha.server.server.port());
  }

  @AfterEach
  void stop() throws Exception {
    beta.close();
    alpha.close();
    link.close();
  }

  private void peer() {
    alpha.acceptFrom(beta, link.address());
    alpha.server.cluster.submit(SimCommands.export("beta", List.of("web"))).join();
    eventually(() -> assertThat(beta.isActive(alpha)).isTrue());
  }

  private void changeAndSee(int port) {
    String status = port % 2 == 0 ? "passing" : "warning";
    alpha.server.cluster.submit(SimCommands.register("n1", "web", port, status)).join();
    eventually(
        () -> assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [" + status + "]"));
  }

  @Test
  void shouldFollowSecretsUnderLoadWithoutAGap() {
    peer();
    Set<String> seen = new LinkedHashSet<>();
    String first = alpha.secrets("beta").getActiveStream();
    long connected = alpha.overlaid("beta").getStreamStatus().getLastReceive().getSeconds();
    int streams = alpha.streamsAccepted.get();
    int port = 1;
    while (seen.size() < 4) {
      changeAndSee(port++);
      seen.add(alpha.secrets("beta").getActiveStream());
      assertThat(port).as("changes until four secrets were used").isLessThan(5_000);
    }
    assertThat(alpha.overlaid("beta").getStreamStatus().getLastReceive().getSeconds())
        .isGreaterThanOrEqualTo(connected);
    assertThat(alpha.streamsAccepted).as("the stream was never lost").hasValue(streams);
    assertThat(beta.overlaid("alpha").getDetail().getReason()).isEmpty();
    assertDenied(first);

    // A stream that is opened anew shows the newest one.
    link.reset();
    eventually(() -> assertThat(beta.isActive(alpha)).isTrue());
    changeAndSee(port);
  }

  @Test
  void shouldSurviveTheLossOfAnyStep() {
    peer();
    for (int round = 0; round < 2; round++) {
      String before = beta.secrets("alpha").getActiveStream();
      link.reset();
      eventually(() -> assertThat(beta.secrets("alpha").getActiveStream()).isNotEqualTo(before));
    }
    eventually(
        () -> {
          PeeringSecrets accepted = alpha.secrets("beta");
          assertThat(List.of(accepted.getActiveStream(), accepted.getPendingStream()))
              .contains(beta.secrets("alpha").getActiveStream());
          assertThat(beta.isActive(alpha)).isTrue();
        });
  }

  @Test
  void shouldLeaveANewTokenToWhoRedeemedIt() {
    peer();
    String token =
        alpha
            .server
            .peerings
            .generateToken(TokenRequest.of("beta", List.of(link.address())))
            .join();
    beta.server.peerings.establish("alpha", token, Map.of()).join();
    link.reset();
    eventually(() -> assertThat(beta.isActive(alpha)).isTrue());
    changeAndSee(1);
  }

  private void assertDenied(String secret) {
    LinkTarget target =
        new LinkTarget(link.address(), alpha.server.serverName(), alpha.server.roots());
    try {
      new GrpcDialer(beta.server.executor)
          .follow(
              target, alpha.peering("beta").orElseThrow().getId(), secret, Duration.ofSeconds(10))
          .join();
    } catch (CompletionException e) {
      assertThat(e.getCause())
          .isInstanceOfSatisfying(
              LinkException.class,
              refused ->
                  assertThat(refused.status().code()).isEqualTo(LinkStatus.Code.PERMISSION_DENIED));
      return;
    }
    throw new AssertionError("an old secret is still good");
  }
}
