package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemException;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.PeeringOperations;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Open;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose operator wants no peering, and who meets it. */
class DisabledPeeringIT {
  private static final String PEER_ID = "a1fa0000-0000-4000-8000-000000000001";

  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
  private final LocalCluster cluster = new LocalCluster();
  private final PeeringSettings enabled = PeeringSettings.defaults("dc1");
  private final PeeringSettings disabled = enabled.with(false, true).at("node-1", "");
  private final GrpcDialer dialer = new GrpcDialer(executor);
  private final PeeringOperations operations = operations(disabled);
  private ExternalGrpcServer server;

  private PeeringOperations operations(PeeringSettings settings) {
    return new PeeringOperations(
        settings,
        cluster,
        cluster,
        cluster,
        cluster,
        cluster,
        InstantSource.system(),
        dialer,
        CompletableFuture::completedFuture,
        executor);
  }

  @BeforeEach
  void start() throws Exception {
    operations.serve();
    server =
        ExternalGrpcServer.startPlaintext(
            ExternalGrpcSettings.of("127.0.0.1", 0),
            List.of(
                new PeerStreamEndpoint(
                    disabled,
                    outbound -> new RecordingInbound(),
                    operations,
                    cluster,
                    Optional::empty,
                    executor)),
            executor);
  }

  @AfterEach
  void stop() {
    server.close();
    cluster.close();
    executor.shutdownNow();
  }

  private LinkTarget target() {
    return new LinkTarget("127.0.0.1:" + server.port(), "", List.of());
  }

  @Test
  void shouldTellWhoOpensAStream() throws Exception {
    RecordingInbound inbound = new RecordingInbound();
    dialer.dial(
        target(),
        outbound -> {
          outbound.send(
              ReplicationMessage.newBuilder()
                  .setOpen(Open.newBuilder().setPeerId(PEER_ID))
                  .build());
          outbound.requestNext();
          return inbound;
        });
    assertThat(inbound.end.get(10, TimeUnit.SECONDS))
        .isEqualTo(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, PeeringSettings.NOT_ENABLED_HERE));
  }

  @Test
  void shouldTellWhoRedeemsAToken() throws Exception {
    CompletableFuture<String> redeemed =
        dialer.redeem(target(), PEER_ID, "secret", "", Duration.ofSeconds(10));
    assertThatThrownBy(() -> redeemed.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .satisfies(
            failure -> {
              LinkStatus status = ((LinkException) failure.getCause()).status();
              assertThat(status.code()).isEqualTo(LinkStatus.Code.FAILED_PRECONDITION);
              assertThat(status.text()).isEqualTo(PeeringSettings.NOT_ENABLED_HERE);
            });
  }

  /** Strangers are told no names. */
  @Test
  void shouldTellWhoRedeemsATokenAtAServerThatIsSetOtherwise() {
    assertThatThrownBy(
            () -> operations(enabled).issue(PEER_ID, "secret", "", false).get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ProblemException.class)
        .hasMessageContaining(PeeringSettings.NOT_ENABLED_HERE);
  }

  /** Servers of one cluster may be set differently: what counts is what the leader is set to. */
  @Test
  void shouldMakeNoTokenForAServerThatIsSetOtherwise() {
    TokenRequest request = TokenRequest.of("west", List.of());
    assertThatThrownBy(() -> operations(enabled).generateToken(request).get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ProblemException.class)
        .hasMessageContaining("peering is disabled at the leader node-1");
  }
}
