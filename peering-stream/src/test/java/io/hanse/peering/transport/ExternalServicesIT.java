package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.hanse.identity.LeafKeys;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.proto.ConnectCAServiceGrpc;
import io.hanse.peering.proto.ExchangeSecretRequest;
import io.hanse.peering.proto.ExchangeSecretResponse;
import io.hanse.peering.proto.PeerStreamServiceGrpc;
import io.hanse.peering.proto.SignRequest;
import io.hanse.peering.proto.WatchRootsRequest;
import io.hanse.peering.proto.WatchRootsResponse;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may call what on the external port, and the signing service. */
class ExternalServicesIT {
  private TestServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer("dc1", outbound -> new RecordingInbound());
  }

  @AfterEach
  void stop() {
    if (channel != null) {
      channel.shutdownNow();
    }
    server.close();
  }

  /** By the peering name when told, by another one with the same roots otherwise. */
  private ManagedChannel connect(boolean byPeeringName) {
    String sni = byPeeringName ? server.serverName() : "server.dc1.consul";
    channel = TestChannels.open(server.address(), sni, server.serverName(), server.roots());
    return channel;
  }

  private static StatusRuntimeException refusal(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException e) {
      return e;
    }
    throw new AssertionError("was not refused");
  }

  private static <A, B> B call(ManagedChannel channel, MethodDescriptor<A, B> method, A request) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), request);
  }

  @Test
  void shouldKeepPeeringNameToPeerStream() {
    ManagedChannel peer = connect(true);
    StatusRuntimeException sign =
        refusal(
            () ->
                call(peer, ConnectCAServiceGrpc.getSignMethod(), SignRequest.getDefaultInstance()));
    assertThat(sign.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(sign.getStatus().getDescription())
        .isEqualTo("invalid permissions to the specified endpoint");
    MethodDescriptor<ExchangeSecretRequest, ExchangeSecretResponse> nope =
        PeerStreamServiceGrpc.getExchangeSecretMethod().toBuilder()
            .setFullMethodName(PeerStreamServiceGrpc.SERVICE_NAME + "/Nope")
            .build();
    StatusRuntimeException unknown =
        refusal(() -> call(peer, nope, ExchangeSecretRequest.getDefaultInstance()));
    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(unknown.getStatus().getDescription())
        .isEqualTo("unknown method Nope for service " + PeerStreamServiceGrpc.SERVICE_NAME);
  }

  @Test
  void shouldServeRootsToProxies() {
    WatchRootsResponse roots =
        ClientCalls.blockingServerStreamingCall(
                connect(false),
                ConnectCAServiceGrpc.getWatchRootsMethod(),
                CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS),
                WatchRootsRequest.getDefaultInstance())
            .next();
    assertThat(roots.getRootsList()).hasSize(1);
    assertThat(roots.getRoots(0).getRootCert()).isEqualTo(server.roots().get(0));
    assertThat(roots.getActiveRootId()).isEqualTo(roots.getRoots(0).getId());
    assertThat(roots.getTrustDomain()).endsWith(".consul");
  }

  @Test
  void shouldRefuseMalformedRequestForLeaf() {
    ManagedChannel proxy = connect(false);
    StatusRuntimeException refusal =
        refusal(
            () ->
                call(
                    proxy,
                    ConnectCAServiceGrpc.getSignMethod(),
                    SignRequest.newBuilder().setCsr("x").build()));
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getStatus().getDescription()).isEqualTo("the CSR is malformed");
  }

  @Test
  void shouldDialAcceptorThatSelectsNoProtocol() throws Exception {
    SslContext silent =
        SslContextBuilder.forServer(new LeafKeys(() -> server.certificate.leaf().orElse(null)))
            .sslProvider(SslProvider.JDK)
            .build();
    Server acceptor =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InternalNettyServerCredentials.create(
                    new TlsAcceptance(
                        promise -> promise.setSuccess(silent),
                        Optional::empty,
                        new ClientShares("connections", 10, 10, () -> 0, line -> {}))))
            .fallbackHandlerRegistry(new UnknownMethods(java.util.Set.of()))
            .build()
            .start();
    try {
      LinkTarget target =
          new LinkTarget("127.0.0.1:" + acceptor.getPort(), server.serverName(), server.roots());
      assertThatThrownBy(
              () ->
                  new GrpcDialer(server.executor)
                      .redeem(target, "i", "s", "", Duration.ofSeconds(10))
                      .join())
          .hasMessageContaining("unknown service " + PeerStreamServiceGrpc.SERVICE_NAME);
    } finally {
      acceptor.shutdownNow();
    }
  }

  @Test
  void shouldServeWithoutTlsWhereConfigured() throws Exception {
    PeerStreamEndpoint endpoint =
        new PeerStreamEndpoint(
            PeeringSettings.defaults("dc1"),
            outbound -> new RecordingInbound(),
            server.peerings,
            server.cluster,
            Optional::empty,
            server.executor);
    try (ExternalGrpcServer plain =
        ExternalGrpcServer.startPlaintext(
            ExternalGrpcSettings.of("127.0.0.1", 0), List.of(endpoint), server.executor)) {
      LinkTarget target = new LinkTarget("127.0.0.1:" + plain.port(), "", List.of());
      assertThatThrownBy(
              () ->
                  new GrpcDialer(server.executor)
                      .redeem(
                          target,
                          "11111111-2222-3333-4444-555555555555",
                          "s",
                          "",
                          Duration.ofSeconds(10))
                      .join())
          .hasMessageContaining("invalid peering establishment secret");
    }
  }
}
