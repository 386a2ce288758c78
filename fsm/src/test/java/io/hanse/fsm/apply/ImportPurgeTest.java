package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.check;
import static io.hanse.fsm.apply.Commands.instance;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.node;
import static io.hanse.fsm.apply.Commands.reconcile;
import static io.hanse.fsm.apply.Commands.service;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps that are bounded by rows. */
class ImportPurgeTest {
  private static final int ROWS_MAX = 7;

  private final Replica replica = new Replica();

  @BeforeEach
  void peer() {
    replica.done(write(acceptor("west")));
  }

  @AfterEach
  void close() {
    replica.close();
  }

  private static CheckServiceNode.Builder critical(int number) {
    String id = "w" + number;
    return instance(node("n1"), service("web", id), check(id + ":check", id, "critical"));
  }

  private int left() {
    Rows rows = replica.now();
    Key peer = Key.ofPeer("west");
    return Tables.NODES.list(rows, peer).size()
        + Tables.SERVICES.list(rows, peer).size()
        + Tables.CHECKS.list(rows, peer).size()
        + Tables.IMPORTED_SERVICES.list(rows, peer).size();
  }

  private boolean step() {
    return replica
        .done(
            Command.newBuilder()
                .setPurgeImports(PurgeImports.newBuilder().setPeer("west").setRowsMax(ROWS_MAX))
                .setLevel(4))
        .getDone();
  }

  private void expectStepsToTheEnd() {
    int before = left();
    while (!step()) {
      assertThat(before - left()).isEqualTo(ROWS_MAX);
      before = left();
    }
    assertThat(before).isLessThanOrEqualTo(ROWS_MAX);
    assertThat(left()).isZero();
  }

  @Test
  void shouldTakeManyStepsForOneNode() {
    replica.done(
        reconcile(
            "west",
            "web",
            IntStream.range(0, 20)
                .mapToObj(ImportPurgeTest::critical)
                .toArray(CheckServiceNode.Builder[]::new)));
    replica.done(markDeleted("west"));
    assertThat(left()).isEqualTo(41);

    assertThat(step()).isFalse();
    List<CheckServiceNode> seen = new Health(replica.now()).service("west", "web");
    assertThat(seen)
        .hasSize(13)
        .as("none seems healthy that is not")
        .allMatch(each -> each.getChecksCount() == 1);
    expectStepsToTheEnd();
  }

  @Test
  void shouldTakeManyStepsForTheMarksOfManyServices() {
    ImportChanges.Builder changes = ImportChanges.newBuilder().setPeer("west");
    for (int i = 0; i < 20; i++) {
      String name = "s" + i;
      changes.addChanges(
          ImportChange.newBuilder()
              .setService(name)
              .setMark(ByteString.copyFromUtf8(name))
              .addInstances(instance(node("n" + i), service(name, name))));
    }
    replica.done(Command.newBuilder().setImportChanges(changes));
    replica.done(markDeleted("west"));
    assertThat(left()).isEqualTo(60);
    expectStepsToTheEnd();
  }

  @Test
  void shouldBeDoneWhereNothingIs() {
    replica.done(markDeleted("west"));
    assertThat(step()).isTrue();
  }
}
