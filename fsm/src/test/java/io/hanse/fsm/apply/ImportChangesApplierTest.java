package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.reconcileList;
import static io.hanse.fsm.apply.Commands.service;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.CompleteImport;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.ImportOutcome;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.StageImport;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImportChangesApplierTest {
  private static final String PEER = "west";

  private final Replica replica = new Replica();
  private long fence;

  @BeforeEach
  void peer() {
    replica.done(generate(acceptor(PEER), "secret"));
    fence = open();
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private long open() {
    return replica
        .done(
            Command.newBuilder()
                .setOpenImports(OpenImports.newBuilder().setPeeringId(acceptor(PEER).getId())))
        .getIndex();
  }

  private static CheckServiceNode web(String node, String status) {
    String id = "web-" + node;
    return instance(node(node), service("web", id), check(id + ":overall-check", id, status))
        .build();
  }

  private static ImportChange.Builder change(String base, String mark, CheckServiceNode... rows) {
    return ImportChange.newBuilder()
        .setService("web")
        .setBase(ByteString.copyFromUtf8(base))
        .setMark(ByteString.copyFromUtf8(mark))
        .setExporterIndex(7)
        .addAllInstances(List.of(rows));
  }

  private CommandResult submit(ImportChange.Builder... changes) {
    ImportChanges.Builder command = ImportChanges.newBuilder().setPeer(PEER).setFence(fence);
    for (ImportChange.Builder change : changes) {
      command.addChanges(change);
    }
    return replica.done(Command.newBuilder().setImportChanges(command));
  }

  private static List<Integer> misfits(CommandResult result) {
    try {
      return ImportOutcome.parseFrom(result.getPayload()).getMisfitsList();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> stored() {
    return new Health(replica.now())
        .service(PEER, "web").stream()
            .map(row -> row.getNode().getNode() + " " + row.getChecks(0).getStatus())
            .toList();
  }

  private String mark() {
    ImportedService marked = new Peerings(replica.now()).importMarks(PEER).get("web");
    return marked == null ? "none" : marked.getMark().toStringUtf8();
  }

  @Test
  void shouldBringInDifferencesOnTopOfWhatTheyWereMadeFor() {
    submit(change("", "1", web("n1", "passing"), web("n2", "passing"), web("n3", "passing")));
    CommandResult result =
        submit(
            change("1", "2", web("n2", "critical"), web("n4", "passing"))
                .addRemoved(InstanceName.newBuilder().setNode("n3").setServiceId("web-n3")));

    assertThat(misfits(result)).isEmpty();
    assertThat(stored()).containsExactly("n1 passing", "n2 critical", "n4 passing");
    assertThat(mark()).isEqualTo("2");
  }

  @Test
  void shouldNameDifferencesToSomethingElseAndBringInTheOthers() {
    submit(change("", "1", web("n1", "passing")));
    CommandResult result =
        submit(
            change("0", "2", web("n1", "critical")),
            change("", "a").setService("api"),
            change("1", "3", web("n2", "passing")));

    assertThat(misfits(result)).containsExactly(0);
    assertThat(stored()).containsExactly("n1 passing", "n2 passing");
    assertThat(new Peerings(replica.now()).importMarks(PEER).keySet())
        .containsExactly("api", "web");
  }

  @Test
  void shouldDoNothingForTheSameChangeAgain() {
    submit(change("", "1", web("n1", "passing")));
    submit(change("1", "2", web("n1", "critical")));
    long before = replica.index(rows -> new Health(rows).service(PEER, "web"));

    assertThat(misfits(submit(change("1", "2", web("n1", "critical"))))).isEmpty();
    assertThat(replica.index(rows -> new Health(rows).service(PEER, "web"))).isEqualTo(before);
  }

  @Test
  void shouldChangeNothingForAnEarlierStream() {
    long earlier = fence;
    fence = open();
    submit(change("", "1", web("n1", "passing")));
    fence = earlier;

    assertThat(submit(change("1", "2", web("n1", "critical"))).getDone()).isFalse();
    assertThat(stored()).containsExactly("n1 passing");
  }

  @Test
  void shouldForgetTheMarkOfWhatIsWrittenWithoutOne() {
    submit(change("", "1", web("n1", "passing")));
    replica.done(reconcile(PEER, "web", web("n1", "critical").toBuilder()));

    assertThat(mark()).isEmpty();
    submit(change("", "2", web("n1", "critical")));
    replica.done(reconcileList(PEER, "api"));
    assertThat(mark()).isEqualTo("none");
  }

  @Test
  void shouldRemoveWhatIsExportedNoMore() {
    submit(change("", "1", web("n1", "passing")));
    submit(change("", "").setGone(true));

    assertThat(stored()).isEmpty();
    assertThat(mark()).isEqualTo("none");
  }

  private void stage(int part, ByteString content) {
    replica.done(
        Command.newBuilder()
            .setStageImport(
                StageImport.newBuilder()
                    .setPeer(PEER)
                    .setService("web")
                    .setFence(fence)
                    .setPart(part)
                    .setContent(content)));
  }

  private CommandResult complete(int parts) {
    return replica.done(completion(parts));
  }

  private Command.Builder completion(int parts) {
    return Command.newBuilder()
        .setCompleteImport(
            CompleteImport.newBuilder()
                .setPeer(PEER)
                .setService("web")
                .setFence(fence)
                .setParts(parts));
  }

  @Test
  void shouldShowWhatIsLaidDownOnlyOnceItIsWhole() {
    ByteString content =
        change("", "1", web("n1", "passing"), web("n2", "passing")).build().toByteString();
    stage(0, content.substring(0, 20));
    stage(1, content.substring(20));
    assertThat(stored()).isEmpty();

    assertThat(misfits(complete(2))).isEmpty();
    assertThat(stored()).containsExactly("n1 passing", "n2 passing");
    assertThat(mark()).isEqualTo("1");
    assertThat(replica.now().size(TableId.IMPORT_PARTS)).isZero();
  }

  @Test
  void shouldNotCompleteWhatIsNotWhole() {
    ByteString content = change("", "1", web("n1", "passing")).build().toByteString();
    stage(0, content.substring(0, 20));
    stage(1, content.substring(20));
    fence = open();

    assertThat(misfits(complete(2))).containsExactly(0);
    assertThat(stored()).isEmpty();
    stage(1, content);
    assertThat(misfits(complete(1))).containsExactly(0);
    assertThat(Tables.IMPORT_PARTS.list(replica.now(), Key.EMPTY)).isEmpty();
  }

  /** A refusal leaves the parts where they are. */
  @Test
  void shouldDropWhatIsLaidDownOnDemand() {
    stage(0, change("", "1", web("n1", "passing")).build().toByteString());
    complete(0);
    assertThat(Tables.IMPORT_PARTS.list(replica.now(), Key.EMPTY)).isEmpty();
    assertThat(stored()).isEmpty();
  }

  @Test
  void shouldRefuseWhatIsLaidDownNestedTooDeeply() {
    Struct config = Struct.getDefaultInstance();
    // So deep that it can be read here, but not as a part of a row.
    for (int i = 0; i < 25; i++) {
      config =
          Struct.newBuilder()
              .putFields("k", Value.newBuilder().setStructValue(config).build())
              .build();
    }
    CheckServiceNode.Builder web = web("n1", "passing").toBuilder();
    web.getServiceBuilder().getProxyBuilder().setConfig(config);
    stage(0, change("", "1", web.build()).build().toByteString());

    assertThat(replica.refusal(completion(1))).contains("nested too deeply");
    assertThat(stored()).isEmpty();
  }
}
