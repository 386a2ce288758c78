package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.AllocateSerial;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.NoOp;
import io.hanse.fsm.row.PruneCaRoots;
import io.hanse.fsm.row.RemoveServer;
import io.hanse.fsm.row.RotateCa;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteCa;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Servers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static Command.Builder server(String address, long start) {
    return Command.newBuilder()
        .setWriteServer(
            WriteServer.newBuilder()
                .setServer(
                    Server.newBuilder().setRaftId("r1").setAddress(address).setStart(start)));
  }

  private static Command.Builder serials(int count) {
    return Command.newBuilder().setAllocateSerial(AllocateSerial.newBuilder().setCount(count));
  }

  private static CaRoot.Builder root(String id, boolean isActive) {
    return CaRoot.newBuilder().setId(id).setActive(isActive);
  }

  private static Command.Builder roots(CaRoot.Builder... roots) {
    WriteCa.Builder command = WriteCa.newBuilder();
    for (CaRoot.Builder root : roots) {
      command.addRoots(root);
    }
    return Command.newBuilder().setWriteCa(command);
  }

  @Test
  void shouldGiveTheClusterOneIdentity() {
    replica.done(Commands.initialize());

    assertThat(new Ca(replica.now()).trustDomain()).contains(Commands.CLUSTER_ID + ".consul");
    assertThat(replica.refusal(Commands.initialize()))
        .isEqualTo("the cluster has an identity already");
  }

  @Test
  void shouldBelieveTheNewestStartOfServer() {
    replica.done(server("10.0.0.1", 1));
    replica.done(server("10.0.0.2", 2));

    assertThat(replica.done(server("10.0.0.1", 1)).getDone()).isFalse();
    assertThat(new Servers(replica.now()).byRaftId("r1"))
        .hasValueSatisfying(server -> assertThat(server.getAddress()).isEqualTo("10.0.0.2"));
  }

  @Test
  void shouldRemoveServer() {
    Command.Builder remove =
        Command.newBuilder().setRemoveServer(RemoveServer.newBuilder().setRaftId("r1"));
    replica.done(server("10.0.0.1", 1));

    assertThat(replica.done(remove).getDone()).isTrue();
    assertThat(replica.done(remove).getDone()).isFalse();
    assertThat(new Servers(replica.now()).all()).isEmpty();
  }

  @Test
  void shouldHandOutEachSerialOnce() {
    assertThat(number(replica.done(serials(3)).getPayload())).isEqualTo(1);
    assertThat(number(replica.done(serials(1)).getPayload())).isEqualTo(4);
    assertThat(number(replica.done(serials(1)).getPayload())).isEqualTo(5);
    assertThat(replica.refusal(serials(0))).contains("serial numbers");
  }

  private static long number(ByteString payload) {
    return payload.asReadOnlyByteBuffer().getLong();
  }

  @Test
  void shouldReplaceAllRoots() {
    replica.done(roots(root("a", true)));
    replica.done(roots(root("b", true), root("a", false)));
    assertThat(new Ca(replica.now()).activeRoot()).map(CaRoot::getId).contains("b");

    replica.done(roots(root("b", true)));

    assertThat(new Ca(replica.now()).roots()).extracting(CaRoot::getId).containsExactly("b");
    assertThat(replica.refusal(roots(root("b", false))))
        .isEqualTo("there must be exactly one active CA root");
    assertThat(replica.refusal(roots(root("b", true), root("b", false))))
        .isEqualTo("CA roots need ids of their own");
  }

  @Test
  void shouldWriteTheConfigurationThatWasSeen() {
    Command.Builder command =
        Command.newBuilder()
            .setWriteCa(
                WriteCa.newBuilder()
                    .setConfiguration(CaConfiguration.newBuilder().setProvider("consul")));
    long index = replica.done(command).getIndex();
    command.getWriteCaBuilder().setCas(index + 1);
    assertThat(replica.done(command).getDone()).isFalse();

    command.getWriteCaBuilder().setCas(index).getConfigurationBuilder().setProvider("other");

    assertThat(replica.done(command).getDone()).isTrue();
    assertThat(new Ca(replica.now()).configuration())
        .map(CaConfiguration::getProvider)
        .contains("other");
  }

  @Test
  void shouldRotateOnlyWhatTheWriterSaw() {
    replica.done(roots(root("a", true)));
    long seen =
        replica
            .done(
                Command.newBuilder()
                    .setWriteCa(
                        WriteCa.newBuilder()
                            .setConfiguration(CaConfiguration.newBuilder().setProvider("consul"))))
            .getIndex();
    assertThat(replica.done(rotation("b", "z", seen)).getDone()).isFalse();
    assertThat(replica.done(rotation("b", "a", seen + 1)).getDone()).isFalse();
    assertThat(replica.refusal(rotation("a", "a", seen)))
        .isEqualTo("a new CA root needs an id of its own");

    assertThat(replica.done(rotation("b", "a", seen)).getDone()).isTrue();

    assertThat(new Ca(replica.now()).activeRoot()).map(CaRoot::getId).contains("b");
    assertThat(new Ca(replica.now()).roots())
        .filteredOn(root -> !root.getActive())
        .extracting(CaRoot::getRotatedOutAtMillis)
        .containsExactly(replica.timeMillis);
  }

  @Test
  void shouldPruneOnlyRootsThatWereRotatedOutBefore() {
    replica.done(roots(root("a", true)));
    replica.done(rotation("b", "a", 0));
    assertThat(replica.done(prune(replica.timeMillis)).getDone()).isFalse();

    assertThat(replica.done(prune(replica.timeMillis + 1)).getDone()).isTrue();

    assertThat(new Ca(replica.now()).roots()).extracting(CaRoot::getId).containsExactly("b");
  }

  private static Command.Builder rotation(String id, String replaces, long cas) {
    return Command.newBuilder()
        .setRotateCa(
            RotateCa.newBuilder()
                .setConfiguration(CaConfiguration.newBuilder().setProvider("consul"))
                .setRoot(root(id, false))
                .setReplaces(replaces)
                .setCas(cas));
  }

  private static Command.Builder prune(long before) {
    return Command.newBuilder()
        .setPruneCaRoots(PruneCaRoots.newBuilder().setRotatedOutBeforeMillis(before));
  }

  @Test
  void shouldChangeNothingAsBarrier() {
    replica.done(Commands.initialize());
    long index = replica.index(rows -> new Ca(rows).roots());

    replica.done(Command.newBuilder().setNoOp(NoOp.getDefaultInstance()));
    replica.machine.advance(replica.machine.appliedIndex() + 1);

    assertThat(replica.index(rows -> new Ca(rows).roots())).isEqualTo(index);
  }
}
