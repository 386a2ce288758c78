package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.dialer;
import static io.hanse.fsm.apply.Commands.establish;
import static io.hanse.fsm.apply.Commands.exchange;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.promote;
import static io.hanse.fsm.apply.TokenCommands.follow;
import static io.hanse.fsm.apply.TokenCommands.rotate;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An archive older than what two clusters share does not part them. */
class KeptSecretsTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static void restore(Replica into, byte[] snapshot, Random random) {
    restore(into, snapshot, random, 6);
  }

  private static void restore(Replica into, byte[] snapshot, Random random, int level) {
    List<Command.Builder> commands = RestoreApplierTest.restore("r", snapshot, random);
    commands
        .get(commands.size() - 1)
        .setLevel(level)
        .getCompleteRestoreBuilder()
        .setKeepsPeeringSecrets(true)
        .setKeepsPeerPlaces(level >= 6);
    commands.forEach(into::done);
  }

  private byte[] snapshot() {
    return RestoreApplierTest.snapshot(replica.machine);
  }

  private void restore(byte[] snapshot) {
    restore(replica, snapshot, new Random(1));
  }

  private PeeringSecrets secrets(String id) {
    return new Peerings(replica.now()).secrets(id).orElseThrow();
  }

  private boolean isInUse(String secret) {
    return replica.now().get(TableId.SECRETS_IN_USE, Keys.secret(secret)) != null;
  }

  private void acceptAs(String name, String active) {
    replica.done(generate(acceptor(name), "token"));
    replica.done(exchange("id-" + name, "token", active, ""));
    replica.done(promote(acceptor(name), active));
  }

  private void rotateTo(String id, String current, String next) {
    replica.done(rotate(id, current, next));
    replica.done(rotate(id, next, ""));
  }

  @Test
  void shouldKeepWhatFollowedAtTheClusterThatIsDialed() {
    acceptAs("west", "first");
    byte[] archive = snapshot();
    rotateTo("id-west", "first", "second");
    restore(archive);

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("second");
    assertThat(isInUse("second")).isTrue();
    assertThat(isInUse("first")).isFalse();
    rotateTo("id-west", "second", "third");
  }

  /** It says so when it comes with its first secret, and never again. */
  @Test
  void shouldKeepWhatTheOtherClusterSaidOfItself() {
    RemoteInfo remote = RemoteInfo.newBuilder().setDatacenter("dc-west").build();
    replica.done(generate(acceptor("west"), "token"));
    byte[] before = snapshot();
    replica.done(exchange("id-west", "token", "stream", ""));
    replica.done(promote(acceptor("west").setRemote(remote), "stream"));
    restore(before);
    assertThat(new Peerings(replica.now()).byId("id-west").orElseThrow().getRemote())
        .isEqualTo(remote);

    byte[] after = snapshot();
    Replica empty = new Replica();
    restore(empty, after, new Random(1));
    assertThat(new Peerings(empty.now()).byId("id-west").orElseThrow().getRemote())
        .as("in an archive that was made since")
        .isEqualTo(remote);
    empty.close();
  }

  /** Servers that know no more than level 5 are in the cluster, and come to this. */
  @Test
  void shouldForgetWhatTheOtherClusterSaidWhereTheCommandIsOfTheLevelBefore() {
    replica.done(generate(acceptor("west"), "token"));
    byte[] before = snapshot();
    replica.done(exchange("id-west", "token", "stream", ""));
    replica.done(
        promote(
            acceptor("west").setRemote(RemoteInfo.newBuilder().setDatacenter("dc-west")),
            "stream"));
    restore(replica, before, new Random(1), 5);
    assertThat(new Peerings(replica.now()).byId("id-west").orElseThrow().hasRemote()).isFalse();
    assertThat(secrets("id-west").getActiveStream()).isEqualTo("stream");
  }

  /** Who replays an older log comes to what its servers came to. */
  @Test
  void shouldTakeThoseOfTheArchiveWhereTheCommandDoesNotSayOtherwise() {
    acceptAs("west", "first");
    byte[] archive = snapshot();
    rotateTo("id-west", "first", "second");
    RestoreApplierTest.restore("r", archive, new Random(1)).forEach(replica::done);

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("first");
  }

  @Test
  void shouldKeepWhatFollowedAtTheClusterThatDials() {
    replica.done(establish(dialer("west"), "first"));
    byte[] archive = snapshot();
    replica.done(follow("id-west", "first", "second"));
    restore(archive);

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("second");
    assertThat(replica.now().size(TableId.SECRETS_IN_USE)).isZero();
  }

  /** By what the archive has, nobody may be there any more. */
  @Test
  void shouldKeepWhereTheOtherClusterIsDialed() {
    replica.done(establish(dialer("west").addPeerCaPems("old root"), "stream"));
    byte[] archive = snapshot();
    replica.done(
        establish(
            dialer("west")
                .clearPeerServerAddresses()
                .addPeerServerAddresses("10.0.0.77:8503")
                .addPeerCaPems("new root"),
            "stream"));
    restore(archive);
    Peering kept = new Peerings(replica.now()).byId("id-west").orElseThrow();
    assertThat(kept.getPeerServerAddressesList()).containsExactly("10.0.0.77:8503");
    assertThat(kept.getPeerCaPemsList()).containsExactly("new root");
  }

  @Test
  void shouldLetNoTokenBeRedeemedAgain() {
    replica.done(generate(acceptor("west"), "token"));
    byte[] archive = snapshot();
    replica.done(exchange("id-west", "token", "stream", "nonce"));
    restore(archive);

    assertThat(replica.refusal(exchange("id-west", "token", "other", "")))
        .contains("already established");
    assertThat(secrets("id-west").getPendingStream()).isEqualTo("stream");
  }

  @Test
  void shouldTakeThoseOfTheArchiveWhereAnotherClusterIsDialedNow() {
    replica.done(establish(dialer("west"), "first"));
    byte[] archive = snapshot();
    replica.done(establish(dialer("west").setPeerId("another"), "second"));
    restore(archive);

    assertThat(secrets("id-west").getActiveStream()).isEqualTo("first");
  }

  @Test
  void shouldTakeThoseOfTheArchiveWhereThereAreNoOthers() {
    acceptAs("west", "first");
    byte[] archive = snapshot();
    replica.done(markDeleted("west"));
    restore(archive);
    assertThat(secrets("id-west").getActiveStream()).isEqualTo("first");

    acceptAs("east", "other");
    restore(archive);
    assertThat(secrets("id-west").getActiveStream()).isEqualTo("first");
    assertThat(new Peerings(replica.now()).secrets("id-east")).isEmpty();
    assertThat(isInUse("other")).isFalse();
  }

  @Test
  void shouldLetNoStreamThatRunsImportIntoWhatWasRestored() {
    acceptAs("west", "first");
    Command.Builder open =
        Command.newBuilder().setOpenImports(OpenImports.newBuilder().setPeeringId("id-west"));
    long fence = replica.done(open).getIndex();
    restore(snapshot());

    Peering west = new Peerings(replica.now()).byName("west").orElseThrow();
    assertThat(secrets(west.getId()).getImportFence()).isNotEqualTo(fence);
  }

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void shouldComeToTheSameOnEveryServer(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands next = new RandomCommands(random);
    try (Replica one = new Replica();
        ClusterStateMachine replayed =
            new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run))) {
      one.done(Commands.initialize());
      for (int i = 0; i < 60; i++) {
        one.submit(next.next());
      }
      byte[] snapshot = RestoreApplierTest.snapshot(one.machine);
      for (int i = 0; i < 60; i++) {
        one.submit(next.next());
      }
      restore(one, snapshot, random);
      for (int i = 0; i < 20; i++) {
        one.submit(next.next());
      }
      RestoreApplierTest.requireSameByReplay(one, replayed);
    }
  }
}
