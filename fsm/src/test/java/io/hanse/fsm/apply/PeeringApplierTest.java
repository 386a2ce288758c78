package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.dialer;
import static io.hanse.fsm.apply.Commands.establish;
import static io.hanse.fsm.apply.Commands.exchange;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.promote;
import static io.hanse.fsm.apply.Commands.purge;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.remove;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.row.WritePeeringAddresses;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Peerings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeeringApplierTest {
  private static final String MARKED = "cannot write to peering that is marked for deletion";

  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private Peering stored(String name) {
    return new Peerings(replica.now()).byName(name).orElseThrow();
  }

  private PeeringSecrets secrets(String id) {
    return new Peerings(replica.now()).secrets(id).orElseThrow();
  }

  private int inUse() {
    return replica.now().size(TableId.SECRETS_IN_USE);
  }

  private static Command.Builder terminate(String id) {
    return Command.newBuilder().setTerminatePeering(TerminatePeering.newBuilder().setId(id));
  }

  private long openImports(String id) {
    return replica
        .done(Command.newBuilder().setOpenImports(OpenImports.newBuilder().setPeeringId(id)))
        .getIndex();
  }

  private boolean isTerminated(long fence, String peerId) {
    return replica
        .done(
            Command.newBuilder()
                .setLevel(5)
                .setTerminatePeering(
                    TerminatePeering.newBuilder()
                        .setId("id-west")
                        .setFence(fence)
                        .setPeerId(peerId)))
        .getDone();
  }

  @Test
  void shouldTakeNoLateWordOfAFormerStreamForTheEnd() {
    replica.done(establish(dialer("west"), "s1"));
    long former = openImports("id-west");
    replica.done(establish(dialer("west").setPeerId("anew"), "s2"));
    assertThat(isTerminated(former, "id-there")).as("established anew").isFalse();
    long newest = openImports("id-west");
    assertThat(isTerminated(former, "anew")).as("a newer stream").isFalse();
    assertThat(stored("west").getState()).isNotEqualTo(PeeringState.TERMINATED);

    assertThat(isTerminated(newest, "anew")).isTrue();
    assertThat(stored("west").getState()).isEqualTo(PeeringState.TERMINATED);
  }

  private static Command.Builder addresses(String id, String... addresses) {
    return Command.newBuilder()
        .setWritePeeringAddresses(
            WritePeeringAddresses.newBuilder()
                .setId(id)
                .addAllAddresses(java.util.List.of(addresses)));
  }

  private static Command.Builder bundle(String peer, String... roots) {
    return Command.newBuilder()
        .setWriteTrustBundle(
            WriteTrustBundle.newBuilder()
                .setBundle(
                    PeeringTrustBundle.newBuilder()
                        .setPeerName(peer)
                        .setTrustDomain("td.consul")
                        .addAllRootPems(java.util.List.of(roots))));
  }

  @Test
  void shouldBeginAsPending() {
    replica.done(write(acceptor("west")));

    assertThat(stored("WEST").getState()).isEqualTo(PeeringState.PENDING);
    assertThat(new Peerings(replica.now()).byId("id-west")).isPresent();
  }

  @Test
  void shouldKeepWhatTheWriterLeavesOut() {
    replica.done(write(dialer("west").setRemote(RemoteInfo.newBuilder().setDatacenter("dc2"))));
    replica.done(establish(dialer("west").setState(PeeringState.ESTABLISHING), "s1"));

    replica.done(write(dialer("west")));

    assertThat(stored("west").getState()).isEqualTo(PeeringState.ESTABLISHING);
    assertThat(stored("west").getRemote().getDatacenter()).isEqualTo("dc2");
    assertThat(secrets("id-west").getActiveStream()).isEqualTo("s1");
  }

  @Test
  void shouldNeverStoreWhatOnlyLeadersSay() {
    replica.done(write(acceptor("west").setState(PeeringState.ACTIVE)));

    assertThat(stored("west").getState()).isEqualTo(PeeringState.PENDING);
    assertThat(stored("west").hasStreamStatus()).isFalse();
  }

  @Test
  void shouldRefuseWithConsulsTexts() {
    replica.done(write(acceptor("west")));

    assertThat(replica.refusal(write(Peering.newBuilder().setName("x"))))
        .isEqualTo("Missing Peering ID");
    assertThat(replica.refusal(write(Peering.newBuilder().setId("x"))))
        .isEqualTo("Missing Peering Name");
    assertThat(replica.refusal(write(acceptor("west").setId("other"))))
        .isEqualTo(
            "A peering already exists with the name \"west\" and a different ID \"id-west\"");
    assertThat(replica.refusal(write(acceptor("east").setId("id-west"))))
        .isEqualTo(
            "A peering already exists with the ID \"id-west\" and a different name \"west\"");
    assertThat(replica.refusal(write(dialer("west"))))
        .isEqualTo("Cannot switch peering dialing mode from false to true");
    assertThat(replica.refusal(write(acceptor("new").setState(PeeringState.TERMINATED))))
        .isEqualTo("cannot create a new peering marked for deletion");
  }

  @Test
  void shouldLeadSecretsThroughTheirLife() {
    replica.done(generate(acceptor("west"), "e1"));
    assertThat(replica.refusal(exchange("id-west", "wrong", "p0", "")))
        .isEqualTo("invalid establishment secret");

    assertThat(replica.done(exchange("id-west", "e1", "p1", "")).getPayload().toStringUtf8())
        .isEqualTo("p1");
    assertThat(replica.refusal(exchange("id-west", "e1", "p2", "")))
        .isEqualTo("invalid establishment secret: peering was already established");
    assertThat(replica.refusal(exchange("id-west", "", "p2", "")))
        .isEqualTo("invalid establishment secret: peering was already established");

    assertThat(replica.refusal(promote(acceptor("west"), "wrong")))
        .isEqualTo("invalid pending stream secret");
    replica.done(
        promote(acceptor("west").setRemote(RemoteInfo.newBuilder().setDatacenter("dc2")), "p1"));

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("p1");
    assertThat(secrets("id-west").getPendingStream()).isEmpty();
    assertThat(stored("west").getRemote().getDatacenter()).isEqualTo("dc2");
    assertThat(inUse()).isEqualTo(1);
  }

  @Test
  void shouldKeepTheRunningStreamWhenTokenIsMadeAnew() {
    replica.done(generate(acceptor("west"), "e1"));
    replica.done(exchange("id-west", "e1", "p1", ""));
    replica.done(promote(acceptor("west"), "p1"));

    replica.done(generate(acceptor("west"), "e2"));
    replica.done(generate(acceptor("west"), "e3"));
    replica.done(exchange("id-west", "e3", "p3", ""));

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("p1");
    assertThat(secrets("id-west").getPendingStream()).isEqualTo("p3");
    assertThat(inUse()).isEqualTo(2);
  }

  @Test
  void shouldAnswerTheSameRedeemerAgain() {
    replica.done(generate(acceptor("west"), "e1"));
    replica.done(exchange("id-west", "e1", "p1", "nonce"));

    assertThat(replica.done(exchange("id-west", "e1", "p2", "nonce")).getPayload().toStringUtf8())
        .isEqualTo("p1");
    assertThat(replica.refusal(exchange("id-west", "e1", "p2", "other")))
        .isEqualTo("invalid establishment secret: peering was already established");
    assertThat(secrets("id-west").getPendingStream()).isEqualTo("p1");

    replica.done(promote(acceptor("west"), "p1"));
    assertThat(replica.refusal(exchange("id-west", "e1", "p2", "nonce")))
        .isEqualTo("invalid establishment secret: peering was already established");
  }

  @Test
  void shouldRefuseSecretThatIsInUse() {
    replica.done(generate(acceptor("west"), "e1"));

    assertThat(replica.refusal(generate(acceptor("east"), "e1")))
        .isEqualTo("peering secret is already in use, retry the operation");
    assertThat(new Peerings(replica.now()).byName("east")).isEmpty();
  }

  @Test
  void shouldRefuseSecretsOfPeeringsThatHaveNone() {
    replica.done(write(acceptor("west")));

    assertThat(replica.refusal(exchange("id-west", "e", "p", "")))
        .isEqualTo("cannot exchange peering secret: no known secrets for peering");
    assertThat(replica.refusal(promote(acceptor("west"), "p")))
        .isEqualTo("cannot promote pending secret: no known secrets for peering");
    Command.Builder unknown = generate(acceptor("gone"), "e");
    unknown.getWritePeeringBuilder().setSecretsOnly(true);
    assertThat(replica.refusal(unknown)).isEqualTo("unknown peering \"id-gone\" for secret");
  }

  @Test
  void shouldNotCareWhetherTheSecretOfDialerIsUnique() {
    replica.done(generate(acceptor("west"), "e1"));
    replica.done(write(dialer("east")));

    replica.done(establish(dialer("east").setState(PeeringState.ESTABLISHING), "e1"));
    replica.done(markDeleted("east"));

    assertThat(inUse()).isEqualTo(1);
    assertThat(secrets("id-west").getEstablishment()).isEqualTo("e1");
  }

  @Test
  void shouldDeleteInSteps() {
    replica.done(write(dialer("west").setPeerServerName("server").addPeerCaPems("pem")));
    replica.done(
        establish(
            dialer("west")
                .setState(PeeringState.ESTABLISHING)
                .setRemote(RemoteInfo.newBuilder().setDatacenter("dc2")),
            "s"));
    replica.done(bundle("west", "root"));
    replica.done(reconcile("west", "web", instance(node("n1"), service("web", "w1"))));
    replica.done(reconcile("west", "api", instance(node("n2"), service("api", "a1"))));

    replica.done(markDeleted("West"));
    Peering marked = stored("west");
    assertThat(marked.getState()).isEqualTo(PeeringState.DELETING);
    assertThat(marked.hasDeletedAt()).isTrue();
    assertThat(marked.getPeerServerAddressesCount()).isEqualTo(1);
    assertThat(marked.getRemote().getDatacenter()).isEqualTo("dc2");
    assertThat(marked.getPeerCaPemsList()).isEmpty();
    assertThat(marked.getPeerId()).isEmpty();
    assertThat(new Peerings(replica.now()).secrets("id-west")).isEmpty();
    assertThat(replica.refusal(write(dialer("west")))).isEqualTo(MARKED);
    assertThat(replica.refusal(bundle("west", "root"))).isEqualTo(MARKED);
    assertThat(replica.refusal(remove("id-west"))).contains("imported data left");

    assertThat(replica.done(purge("west", 1)).getDone()).isFalse();
    assertThat(replica.done(purge("west", 1)).getDone()).isTrue();
    replica.done(remove("id-west"));
    assertThat(new Peerings(replica.now()).all()).isEmpty();
    assertThat(new Peerings(replica.now()).trustBundles()).isEmpty();
    replica.done(remove("id-west"));
    replica.done(markDeleted("west"));
    replica.done(write(acceptor("west")));
  }

  @Test
  void shouldNotPurgeOrRemoveWhatIsActive() {
    replica.done(write(acceptor("west")));

    assertThat(replica.refusal(purge("west", 10))).contains("is active");
    assertThat(replica.refusal(purge("", 10))).isEqualTo("missing peer name");
    assertThat(replica.refusal(remove("id-west"))).contains("not marked for deletion");
  }

  @Test
  void shouldKeepDeletingWhenThePeerTerminates() {
    replica.done(generate(acceptor("west"), "e1"));
    assertThat(replica.done(terminate("id-west")).getDone()).isTrue();
    assertThat(stored("west").getState()).isEqualTo(PeeringState.TERMINATED);
    assertThat(secrets("id-west").getEstablishment()).isEqualTo("e1");

    replica.done(markDeleted("west"));
    replica.done(terminate("id-west"));
    replica.done(terminate("id-unknown"));

    assertThat(stored("west").getState()).isEqualTo(PeeringState.DELETING);
  }

  @Test
  void shouldEstablishTerminatedDialerAnew() {
    replica.done(write(dialer("west")));
    replica.done(establish(dialer("west").setState(PeeringState.ESTABLISHING), "s1"));
    replica.done(terminate("id-west"));

    replica.done(write(dialer("west")));
    assertThat(new Peerings(replica.now()).secrets("id-west")).isEmpty();
    replica.done(establish(dialer("west").setState(PeeringState.ESTABLISHING), "s2"));

    assertThat(stored("west").getState()).isEqualTo(PeeringState.ESTABLISHING);
    assertThat(secrets("id-west").getActiveStream()).isEqualTo("s2");
  }

  @Test
  void shouldRefuseTokenOfTerminatedAcceptor() {
    replica.done(generate(acceptor("west"), "e1"));
    replica.done(terminate("id-west"));

    assertThat(replica.refusal(generate(acceptor("west"), "e2")))
        .contains("was terminated by its peer; delete it");
  }

  @Test
  void shouldDialWithTheRootsOfTheNewestBundle() {
    replica.done(write(dialer("west").addPeerCaPems("old")));

    replica.done(bundle("west", "new\n", "newer"));

    assertThat(stored("west").getPeerCaPemsList()).containsExactly("new\n", "newer\n");
    assertThat(new Peerings(replica.now()).trustBundle("west"))
        .hasValueSatisfying(
            bundle -> assertThat(bundle.getRootPemsList()).containsExactly("new\n", "newer"));
    assertThat(replica.refusal(bundle("gone", "root")))
        .isEqualTo("cannot write peering trust bundle for unknown peering gone");
  }

  @Test
  void shouldTakeAddressesOnlyWhereItDials() {
    replica.done(write(dialer("west")));
    replica.done(write(acceptor("east")));

    replica.done(addresses("id-west", "10.0.0.7:8503"));

    assertThat(stored("west").getPeerServerAddressesList()).containsExactly("10.0.0.7:8503");
    assertThat(replica.refusal(addresses("id-west")))
        .isEqualTo("Cannot switch peering dialing mode from true to false");
    assertThat(replica.refusal(addresses("id-east", "10.0.0.7:8503")))
        .isEqualTo("Cannot switch peering dialing mode from false to true");
    assertThat(replica.refusal(addresses("id-gone", "10.0.0.7:8503")))
        .isEqualTo("peering does not exist or has been marked for deletion");
  }
}
