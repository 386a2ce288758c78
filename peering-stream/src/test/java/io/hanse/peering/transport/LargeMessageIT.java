package io.hanse.peering.transport;

import static io.hanse.peering.transport.PeerCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.hanse.fsm.row.PeeringState;
import io.hanse.peering.PeeringToken;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamServiceGrpc;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A peer that sends far more at once than any peer may, beside one that does not. */
class LargeMessageIT {
  private static final ReplicationMessage HUGE =
      ReplicationMessage.newBuilder()
          .setResponse(
              ReplicationMessage.Response.newBuilder()
                  .setNonce("00000001")
                  .setResourceUrl(PeerResources.TRUST_BUNDLE.url())
                  .setResourceId("roots")
                  .setResource(
                      Any.newBuilder()
                          .setTypeUrl(PeerResources.TRUST_BUNDLE.url())
                          .setValue(ByteString.copyFrom(new byte[50 << 20]))))
          .build();

  private PeerCluster alpha;
  private PeerCluster beta;

  @BeforeEach
  void peer() throws Exception {
    alpha = new PeerCluster("dc-alpha");
    beta = new PeerCluster("dc-beta");
    alpha.acceptFrom(beta);
    alpha.awaitActiveWith(beta);
  }

  @AfterEach
  void stop() {
    beta.close();
    alpha.close();
  }

  /** The one beside it goes on, by the stream that it had. */
  private void expectOtherIsUntouched(int streams) {
    assertThat(alpha.isActive(beta)).isTrue();
    assertThat(beta.isActive(alpha)).isTrue();
    alpha.server.cluster.submit(SimCommands.register("n1", "web", 80, "passing")).join();
    alpha.server.cluster.submit(SimCommands.export("beta", List.of("web"))).join();
    eventually(() -> assertThat(beta.imported("alpha", "web")).hasSize(1));
    assertThat(alpha.streamsAccepted).hasValue(streams);
  }

  @Test
  void shouldEndOnlyTheStreamOfADialerOfAMessageOfFiftyMegabytes() throws Exception {
    String text = alpha.server.peerings.generateToken(TokenRequest.of("raw", List.of())).join();
    PeeringToken token = PeeringToken.decode(text);
    LinkTarget target =
        new LinkTarget(alpha.server.address(), alpha.server.serverName(), alpha.server.roots());
    String secret =
        new GrpcDialer(beta.server.executor)
            .redeem(target, token.peerId(), token.secret(), "", Duration.ofSeconds(10))
            .join();
    ManagedChannel channel =
        TestChannels.open(
            alpha.server.address(),
            alpha.server.serverName(),
            alpha.server.serverName(),
            alpha.server.roots());
    try {
      int streams = alpha.streamsAccepted.get();
      Answers answers = new Answers();
      StreamObserver<ReplicationMessage> raw =
          PeerStreamServiceGrpc.newStub(channel).streamResources(answers);
      raw.onNext(
          ReplicationMessage.newBuilder()
              .setOpen(
                  ReplicationMessage.Open.newBuilder()
                      .setPeerId(token.peerId())
                      .setStreamSecretId(secret))
              .build());
      eventually(() -> assertThat(alpha.overlaid("raw").getState()).isEqualTo(PeeringState.ACTIVE));
      raw.onNext(HUGE);
      assertThat(answers.end.get(20, TimeUnit.SECONDS).isOk()).isFalse();
      eventually(
          () ->
              assertThat(alpha.overlaid("raw").getDetail().getReason())
                  .contains("it sent too much", "maximum"));
      expectOtherIsUntouched(streams + 1);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void shouldEndOnlyTheStreamOfAnAcceptorOfAMessageOfFiftyMegabytes() throws Exception {
    int streams = alpha.streamsAccepted.get();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    AtomicBoolean isSent = new AtomicBoolean();
    try (TestServer raw =
        new TestServer("dc-raw", outbound -> new SendsOnce(outbound, isSent, ended))) {
      String token = raw.peerings.generateToken(TokenRequest.of("alpha", List.of())).join();
      alpha.server.peerings.establish("raw", token, Map.of()).join();
      ended.get(20, TimeUnit.SECONDS);
      eventually(
          () -> assertThat(alpha.overlaid("raw").getDetail().getReason()).contains("maximum"));
      expectOtherIsUntouched(streams);
    }
  }

  /** Answers the first stream's first message with too much, and later ones with nothing. */
  private static final class SendsOnce implements Inbound {
    private final Outbound outbound;
    private final AtomicBoolean isSent;
    private final CompletableFuture<Void> ended;

    SendsOnce(Outbound outbound, AtomicBoolean isSent, CompletableFuture<Void> ended) {
      this.outbound = outbound;
      this.isSent = isSent;
      this.ended = ended;
      outbound.requestNext();
    }

    @Override
    public void onMessage(ReplicationMessage message) {
      if (isSent.compareAndSet(false, true)) {
        outbound.send(HUGE);
      }
    }

    @Override
    public void onReady() {}

    @Override
    public void onHalfClose() {}

    @Override
    public void onEnd(LinkStatus status) {
      ended.complete(null);
    }
  }

  /** Notes how the stream ends. */
  private static final class Answers implements StreamObserver<ReplicationMessage> {
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(ReplicationMessage message) {}

    @Override
    public void onError(Throwable failure) {
      end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }
  }
}
