package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.row.TokenWay;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.EstablishCall;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a token changes of a peering that stands already. */
class TokenRedeemerTest {
  private static final String OWN_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String PEER_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final String OTHER_ID = "be7a0000-0000-4000-8000-000000000003";

  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final List<String> dialed = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private Runnable whileAsked = () -> {};
  private Runnable beforeItIsEstablished = () -> {};
  private boolean denies;
  private PeeringState seen = PeeringState.ACTIVE;

  private final TokenRedeemer redeemer =
      new TokenRedeemer(
          PeeringSettings.defaults("dc"),
          this::submit,
          cluster,
          cluster,
          (target, peerId, secret, nonce, patience) -> {
            dialed.add(target.address());
            whileAsked.run();
            return denies
                ? CompletableFuture.failedFuture(
                    new LinkException(LinkStatus.of(LinkStatus.Code.PERMISSION_DENIED, "invalid")))
                : CompletableFuture.completedFuture("stream-of-" + secret);
          },
          new StreamOverlay() {
            @Override
            public CompletableFuture<List<Peering>> over(List<Peering> stored) {
              return CompletableFuture.completedFuture(
                  stored.stream().map(each -> each.toBuilder().setState(seen).build()).toList());
            }

            @Override
            public void tokenRefused(String peeringId, String reason) {
              refusals.add(reason);
            }
          },
          timers,
          new AwaitedAuthority(cluster, Duration.ZERO));

  @BeforeEach
  void establish() {
    cluster.submit(SimCommands.initialize(OWN_ID, "dc")).join();
    establish(token(PEER_ID, "old-root", "first"));
    cluster.submit(SimCommands.rootsOf("beta", "new-root\n")).join();
  }

  @AfterEach
  void close() {
    timers.shutdownNow();
    cluster.close();
  }

  /** What others write comes between what is read and what is written. */
  private CompletableFuture<CommandResult> submit(Command command) {
    if (command.getWritePeering().hasEstablish()) {
      Runnable before = beforeItIsEstablished;
      beforeItIsEstablished = () -> {};
      before.run();
    }
    return cluster.submit(command);
  }

  private static PeeringToken token(String peerId, String root, String secret) {
    return token(peerId, root, secret, "10.0.0.1:8503");
  }

  private static PeeringToken token(String peerId, String root, String secret, String address) {
    return new PeeringToken(
        List.of(root + "\n"),
        List.of(),
        List.of(address),
        "server." + root + ".peering.beta.consul",
        peerId,
        secret,
        RemoteInfo.newBuilder().setDatacenter("dc-beta").build(),
        Optional.empty());
  }

  private void establish(PeeringToken token) {
    redeemer.establish(call(token)).join();
  }

  private static EstablishCall call(PeeringToken token) {
    return EstablishCall.newBuilder().setName("beta").setToken(token.encode()).build();
  }

  private void apply(Command.Builder command) {
    cluster.submit(command.build()).join();
  }

  private Peering stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).byName("beta").orElseThrow();
    }
  }

  @Test
  void shouldLeaveAPeeringAsItIsWhereTheTokenIsRefused() {
    for (PeeringState state : List.of(PeeringState.ACTIVE, PeeringState.FAILING)) {
      seen = state;
      Peering before = stored();
      assertThat(before.getPeerCaPemsList()).containsExactly("new-root\n");
      denies = true;
      assertThatThrownBy(() -> establish(token(PEER_ID, "old-root", "first")))
          .hasMessageContaining("a new peering token must be generated");
      assertThat(stored()).isEqualTo(before);
    }
  }

  @Test
  void shouldKeepWhyATokenWasRefusedUntilTheNextAttempt() {
    refusals.clear();
    denies = true;
    assertThatThrownBy(() -> establish(token(PEER_ID, "old-root", "invalid")))
        .hasMessageContaining("a new peering token must be generated: invalid");
    assertThat(refusals)
        .as("the other cluster repeats the secret")
        .containsExactly("", "a new peering token must be generated: (secret)");
    denies = false;
    establish(token(PEER_ID, "old-root", "second"));
    assertThat(refusals).endsWith("");
  }

  @Test
  void shouldEstablishATerminatedPeeringAnew() {
    apply(
        Command.newBuilder()
            .setTerminatePeering(TerminatePeering.newBuilder().setId(stored().getId())));
    seen = PeeringState.TERMINATED;
    establish(token(PEER_ID, "newest-root", "second"));
    assertThat(stored().getState()).isEqualTo(PeeringState.ESTABLISHING);
  }

  /** Recorded of a Consul: what was said of a peering last is said of it, whatever came of it. */
  @Test
  void shouldTakeTheMetaOfACallThatIsRefused() {
    denies = true;
    PeeringToken used = token(PEER_ID, "old-root", "first");
    Peering before = stored();
    assertThatThrownBy(
            () ->
                redeemer.establish(call(used).toBuilder().putMeta("side", "dialer").build()).join())
        .hasMessageContaining("a new peering token");
    assertThat(stored().getMetaMap()).containsEntry("side", "dialer");
    assertThat(stored().getPeerCaPemsList()).isEqualTo(before.getPeerCaPemsList());
  }

  @Test
  void shouldTakeWhatAGoodTokenSays() {
    establish(token(PEER_ID, "newest-root", "second"));
    assertThat(stored().getPeerCaPemsList()).containsExactly("newest-root\n");
    assertThat(stored().getPeerServerName()).isEqualTo("server.newest-root.peering.beta.consul");
    assertThat(stored().getState()).isEqualTo(PeeringState.ESTABLISHING);
  }

  @Test
  void shouldNotDialAnotherClusterWhereTheFirstOneIs() {
    apply(
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(
                        stored().toBuilder()
                            .clearPeerServerAddresses()
                            .addPeerServerAddresses("10.0.0.9:8503"))));
    dialed.clear();
    establish(token(PEER_ID, "newest-root", "second"));
    assertThat(dialed).as("the stream brought it").containsExactly("10.0.0.9:8503");
    dialed.clear();
    establish(token(OTHER_ID, "other-root", "third"));
    assertThat(dialed).containsExactly("10.0.0.1:8503");
    assertThat(stored().getPeerServerAddressesList()).containsExactly("10.0.0.1:8503");
  }

  @Test
  void shouldNotBeKeptWaitingByADeletedPeeringOfTheName() {
    String before = stored().getId();
    cluster.submit(SimCommands.delete("beta")).join();
    assertThatThrownBy(() -> establish(token(PEER_ID, "newest-root", "second")))
        .as("something is left of what it brought")
        .hasMessageContaining("cannot write to peering that is marked for deletion");
    apply(
        Command.newBuilder()
            .setPurgeImports(PurgeImports.newBuilder().setPeer("beta").setNodesMax(10)));
    establish(token(PEER_ID, "newest-root", "second"));
    assertThat(stored().getId()).isNotEqualTo(before);
    assertThat(stored().getState()).isEqualTo(PeeringState.ESTABLISHING);
  }

  @Test
  void shouldNotEndTheFarewellOfADeletedPeeringByATokenOfItsOwn() {
    cluster.submit(SimCommands.delete("beta")).join();
    apply(
        Command.newBuilder()
            .setPurgeImports(PurgeImports.newBuilder().setPeer("beta").setNodesMax(10)));
    PeeringToken own = token(OTHER_ID, "x", "own");
    assertThatThrownBy(
            () ->
                establish(
                    new PeeringToken(
                        own.caPems(),
                        List.of(),
                        own.addresses(),
                        "server.dc.peering." + OWN_ID + ".consul",
                        own.peerId(),
                        own.secret(),
                        own.remote(),
                        Optional.empty())))
        .hasMessageContaining("cannot create a peering within the same cluster");
    assertThat(stored().getState()).isEqualTo(PeeringState.DELETING);
  }

  /** Of the peering, with all that it had imported. */
  private Runnable removal(String id) {
    return () -> {
      cluster.submit(SimCommands.delete("beta")).join();
      apply(
          Command.newBuilder()
              .setPurgeImports(PurgeImports.newBuilder().setPeer("beta").setNodesMax(10)));
      cluster.submit(SimCommands.remove(id)).join();
    };
  }

  private void assertNotBroughtBack() {
    assertThatThrownBy(() -> establish(token(PEER_ID, "newest-root", "second")))
        .hasMessageContaining("was deleted while it was being established");
    try (View view = cluster.view()) {
      assertThat(new Peerings(view).byName("beta")).isEmpty();
    }
  }

  @Test
  void shouldNotBringBackAPeeringThatWasDeletedMeanwhile() {
    whileAsked = removal(stored().getId());
    assertNotBroughtBack();
  }

  @Test
  void shouldKeepRootsThatTheStreamBringsJustBeforeItIsEstablished() {
    beforeItIsEstablished = () -> cluster.submit(SimCommands.rootsOf("beta", "rotated\n")).join();
    establish(token(PEER_ID, "newest-root", "second"));
    assertThat(stored().getPeerCaPemsList()).containsExactly("rotated\n");
    assertThat(secrets().getActiveStream()).isEqualTo("stream-of-second");
  }

  @Test
  void shouldNotBringBackAPeeringThatIsRemovedJustBefore() {
    beforeItIsEstablished = removal(stored().getId());
    assertNotBroughtBack();
  }

  @Test
  void shouldLetNoStreamToTheFormerClusterImport() {
    List<Long> reopened = new ArrayList<>();
    beforeItIsEstablished =
        () -> {
          apply(
              Command.newBuilder()
                  .setOpenImports(OpenImports.newBuilder().setPeeringId(stored().getId())));
          reopened.add(secrets().getImportFence());
        };
    establish(token(OTHER_ID, "other-root", "third"));
    assertThat(secrets().getImportFence()).isGreaterThan(reopened.get(0));
    long fence = secrets().getImportFence();
    establish(token(OTHER_ID, "newer-root", "fourth"));
    assertThat(secrets().getImportFence()).as("its own may go on").isEqualTo(fence);
  }

  private PeeringSecrets secrets() {
    try (View view = cluster.view()) {
      return new Peerings(view).secrets(stored().getId()).orElseThrow();
    }
  }

  /** As a client that lost patience, or a second operator: the token is good once. */
  @Test
  void shouldAnswerTwoWhoBringOneTokenAtOnceAlike() {
    EstablishCall call = call(token(PEER_ID, "newest-root", "second"));
    List<CompletableFuture<Void>> second = new ArrayList<>();
    whileAsked =
        () -> {
          whileAsked = () -> denies = true;
          second.add(redeemer.establish(call));
        };
    dialed.clear();
    redeemer.establish(call).join();
    second.get(0).join();
    assertThat(dialed).hasSize(1);
    assertThat(stored().getPeerCaPemsList()).containsExactly("newest-root\n");
  }

  @Test
  void shouldEstablishOneTokenAfterTheOther() {
    List<CompletableFuture<Void>> second = new ArrayList<>();
    whileAsked =
        () -> {
          whileAsked = () -> {};
          second.add(redeemer.establish(call(token(OTHER_ID, "other-root", "third"))));
        };
    establish(token(PEER_ID, "newest-root", "second"));
    second.get(0).join();
    assertThat(stored().getPeerId()).isEqualTo(OTHER_ID);
    assertThat(stored().getPeerCaPemsList()).containsExactly("other-root\n");
  }

  /** The servers there may all have moved, or be those of another cluster. */
  @Test
  void shouldSayToItsOwnGatewaysWhereATokenLeadsWhileItIsRedeemed() {
    throughGateways();
    List<TokenWay> shown = new ArrayList<>();
    whileAsked = () -> shown.add(stored().getEstablishing());
    seen = PeeringState.FAILING;
    Peering before = stored();
    PeeringToken moved = token(PEER_ID, "old-root", "second", "10.0.0.7:8503");
    for (PeeringToken token : List.of(moved, token(OTHER_ID, "other-root", "third"))) {
      shown.clear();
      denies = true;
      assertThatThrownBy(() -> establish(token)).hasMessageContaining("a new peering token");
      assertThat(shown)
          .isNotEmpty()
          .containsOnly(
              TokenWay.newBuilder()
                  .setServerName(token.serverName())
                  .addAllAddresses(token.addresses())
                  .build());
      assertThat(stored().toBuilder().clearRaftIndex().build())
          .as("nobody is dialed by it")
          .isEqualTo(before.toBuilder().clearRaftIndex().build());
    }
    denies = false;
    establish(moved);
    assertThat(stored().getPeerServerAddressesList()).containsExactly("10.0.0.7:8503");
    assertThat(stored().hasEstablishing()).isFalse();
  }

  /** What its stream brings while a token is redeemed is newer than what stood there before. */
  @Test
  void shouldKeepWhatTheStreamBringsWhileATokenIsRedeemed() {
    throughGateways();
    List<CompletableFuture<CommandResult>> brought = new ArrayList<>();
    whileAsked = () -> brought.add(cluster.submit(SimCommands.rootsOf("beta", "newest-root\n")));
    denies = true;
    assertThatThrownBy(() -> establish(token(OTHER_ID, "other-root", "third")))
        .hasMessageContaining("a new peering token");
    brought.get(0).join();
    assertThat(stored().getPeerCaPemsList()).containsExactly("newest-root\n");
    assertThat(stored().hasEstablishing()).isFalse();
  }

  private void throughGateways() {
    ConfigEntry.Builder mesh = ConfigEntry.newBuilder().setKind("mesh").setName("mesh");
    mesh.getMeshBuilder().getPeeringBuilder().setPeerThroughMeshGateways(true);
    apply(Command.newBuilder().setWriteConfigEntry(WriteConfigEntry.newBuilder().setEntry(mesh)));
  }
}
