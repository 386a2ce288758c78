package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, TLS and the first messages of a stream with a real Consul at the other end. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
class RealConsulIT {
  private final CompletableFuture<Outbound> accepted = new CompletableFuture<>();
  private final RecordingInbound atAcceptor = new RecordingInbound();
  private TestServer hanse;
  private RealConsul consul;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    hanse =
        new TestServer(
            "dc-hanse",
            outbound -> {
              accepted.complete(outbound);
              outbound.requestNext();
              return atAcceptor;
            });
    consul = new RealConsul(System.getenv("CONSUL_BIN"), folder.resolve("consul.log"));
  }

  @AfterEach
  void stop() throws Exception {
    hanse.close();
    consul.close();
  }

  private Peering peering(String name) {
    try (View view = hanse.cluster.view()) {
      return new Peerings(view).byName(name).orElseThrow();
    }
  }

  private PeeringSecrets secrets(String name) {
    try (View view = hanse.cluster.view()) {
      return new Peerings(view).secrets(peering(name).getId()).orElseThrow();
    }
  }

  @Test
  void shouldRedeemTokenOfConsulAndOpenStream() throws Exception {
    hanse.peerings.establish("consul", consul.token("hanse"), Map.of()).join();
    Peering peering = peering("consul");
    RecordingInbound atDialer = new RecordingInbound();
    Outbound stream =
        new GrpcDialer(hanse.executor)
            .dial(
                new LinkTarget(
                    peering.getPeerServerAddresses(0),
                    peering.getPeerServerName(),
                    List.copyOf(peering.getPeerCaPemsList())),
                outbound -> atDialer);
    stream.send(
        ReplicationMessage.newBuilder()
            .setOpen(
                ReplicationMessage.Open.newBuilder()
                    .setPeerId(peering.getPeerId())
                    .setStreamSecretId(secrets("consul").getActiveStream()))
            .build());
    for (int i = 0; i < 3; i++) {
      stream.requestNext();
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> atDialer.messages.size() == 3);
    assertThat(atDialer.messages).allMatch(ReplicationMessage::hasRequest);
    assertThat(stream.extensions()).isEmpty();
    assertThat(consul.get("/v1/peering/hanse")).contains("\"ACTIVE\"");
  }

  @Test
  void shouldBeRedeemedAndDialedByConsul() throws Exception {
    // It dials the plain list, whatever labels stand beside it.
    PeerAddress labelled =
        PeerAddress.newBuilder().setAddress(hanse.address()).setLabel("vpn").build();
    String token =
        hanse
            .peerings
            .generateToken(
                new TokenRequest("consul", "", Map.of(), List.of(labelled), Duration.ZERO))
            .join();
    assertThat(consul.establish("hanse", token)).startsWith("200");
    accepted.get(20, TimeUnit.SECONDS);
    await().atMost(Duration.ofSeconds(20)).until(() -> !atAcceptor.messages.isEmpty());
    ReplicationMessage.Open open = atAcceptor.messages.get(0).getOpen();
    assertThat(open.getPeerId()).isEqualTo(peering("consul").getId());
    assertThat(open.getStreamSecretId()).isEqualTo(secrets("consul").getPendingStream());
    assertThat(open.getRemote().getDatacenter()).isEqualTo("dc1");
    assertThat(consul.establish("again", token))
        .isEqualTo(
            "403 a new peering token must be generated: invalid peering establishment secret");
  }

  @Test
  void shouldBeAskedAgainSoonByConsulWhenNotLeading() throws Exception {
    String token = hanse.peerings.generateToken(TokenRequest.of("consul", List.of())).join();
    hanse.cluster.lead(false);
    assertThat(consul.establish("hanse", token)).startsWith("200");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> consul.get("/v1/peering/hanse").contains("\"FAILING\""));
    long begin = System.nanoTime();
    hanse.cluster.lead(true);
    accepted.get(20, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }
}
