package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.protocol.PeerResources;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log that takes what is about one service at a second try only, and what waits for that. */
class RowOrderTest {
  private static final String SLOW = "api";

  private final SimTime time = new SimTime(1);
  private final LocalCluster cluster = new LocalCluster();
  private final List<String> taken = new ArrayList<>();
  private Function<Command, ProblemCode> failsOnce = command -> ProblemCode.NO_LEADER;
  private final ImportIntake intake =
      new ImportIntake(
          new LogWriter(time.newLoop(), this::submit, 5),
          cluster,
          "id",
          "peer",
          4_096,
          RivalRootsTest.silent());

  @AfterEach
  void stop() {
    cluster.close();
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    String service = serviceOf(command);
    time.after(
        5,
        () -> {
          ProblemCode failure = service.equals(SLOW) ? failsOnce.apply(command) : null;
          if (failure != null) {
            failsOnce = again -> null;
            result.completeExceptionally(new ProblemException(failure, "no"));
            return;
          }
          if (!service.isEmpty()) {
            taken.add(service);
          }
          result.complete(CommandResult.newBuilder().setDone(true).build());
        });
    return result;
  }

  private static String serviceOf(Command command) {
    return switch (command.getBodyCase()) {
      case IMPORT_CHANGES -> command.getImportChanges().getChanges(0).getService();
      case COMPLETE_IMPORT -> command.getCompleteImport().getService();
      default -> command.getReconcileImport().getService();
    };
  }

  private static CheckServiceNode instance(String service, String nodeId, String node, String id) {
    return CheckServiceNode.newBuilder()
        .setNode(Node.newBuilder().setId(nodeId).setNode(node))
        .setService(NodeService.newBuilder().setId(id).setService(service))
        .build();
  }

  private CompletableFuture<ChangeIntake.Outcome> change(
      String service, String nodeId, String node, String id) {
    return intake.store(
        List.of(
            ImportChange.newBuilder()
                .setService(service)
                .addInstances(instance(service, nodeId, node, id))
                .build()));
  }

  private void whole(String service, String node, String id) {
    ExportedService content =
        ExportedService.newBuilder().addNodes(instance(service, "", node, id)).build();
    intake.store(PeerResources.SERVICE, service, Any.pack(content));
  }

  @Test
  void shouldNotLetTheOldOwnerOfAnInstanceComeLast() {
    change(SLOW, "", "n1", "x");
    change("web", "", "N1", "X");
    change("db", "", "n1", "y");
    time.runFor(1_000);
    assertThat(taken).containsExactly("db", SLOW, "web");
  }

  @Test
  void shouldNotLetAnOldNameOfANodeComeLast() {
    change(SLOW, "1d", "n1", "x");
    change("web", "1d", "n2", "y");
    change("db", "2d", "n1", "z");
    time.runFor(1_000);
    assertThat(taken).containsExactly("db", SLOW, "web");
  }

  @Test
  void shouldKeepWholesApartAsWell() {
    whole(SLOW, "n1", "x");
    whole("web", "n1", "x");
    whole("db", "n1", "y");
    time.runFor(1_000);
    assertThat(taken).containsExactly("db", SLOW, "web");
  }

  @Test
  void shouldKeepItsOrderBehindWhatIsLaidDownInParts() {
    ImportChange.Builder large = ImportChange.newBuilder().setService("large");
    for (int i = 0; i < 200; i++) {
      large.addInstances(instance("large", "", "n" + i, "large"));
    }
    intake.store(List.of(large.build()));
    change("db", "", "n1", "x");
    change("web", "", "n1", "x");
    time.runFor(1_000);
    assertThat(taken).containsExactly("large", "db", "web");
  }

  @Test
  void shouldGoOnWhereTheFirstIsRefused() {
    failsOnce = command -> ProblemCode.INVALID_ARGUMENT;
    CompletableFuture<ChangeIntake.Outcome> refused = change(SLOW, "", "n1", "x");
    change("web", "", "n1", "x");
    time.runFor(1_000);
    assertThat(refused.join().refusals()).containsKey(0);
    assertThat(taken).containsExactly("web");
  }

  @Test
  void shouldNotGoOnWhereTheFirstMayYetCome() {
    failsOnce = command -> ProblemCode.INVARIANT_BROKEN;
    change(SLOW, "", "n1", "x");
    CompletableFuture<ChangeIntake.Outcome> second = change("web", "", "n1", "x");
    time.runFor(1_000);
    assertThat(second).isCompletedExceptionally();
    assertThat(taken).isEmpty();
  }
}
