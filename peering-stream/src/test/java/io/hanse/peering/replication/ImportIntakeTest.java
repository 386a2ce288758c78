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
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.protocol.PeerResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportIntakeTest {
  private final SimTime time = new SimTime(1);
  private final List<Command> submitted = new ArrayList<>();
  private final LocalCluster cluster = new LocalCluster();
  private final ImportIntake intake =
      new ImportIntake(
          new LogWriter(time.newLoop(), this::submit, 1),
          cluster,
          "id",
          "peer",
          1 << 20,
          RivalRootsTest.silent());

  @AfterEach
  void stop() {
    cluster.close();
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    submitted.add(command);
    return CompletableFuture.completedFuture(CommandResult.newBuilder().setDone(true).build());
  }

  private Optional<String> refusal(PeeringTrustBundle.Builder bundle) {
    CompletableFuture<Optional<String>> stored =
        intake.store(PeerResources.TRUST_BUNDLE, "roots", Any.pack(bundle.build()));
    time.runFor(1_000);
    return stored.join();
  }

  /** What it says is what its servers are dialed by: with nothing, in the clear. */
  @Test
  void shouldRefuseATrustBundleThatTrustsNobody() {
    assertThat(refusal(PeeringTrustBundle.newBuilder().setTrustDomain("t.consul")))
        .hasValueSatisfying(text -> assertThat(text).contains("needs a trust domain and roots"));
    assertThat(refusal(PeeringTrustBundle.newBuilder().addRootPems(SimCommands.root())))
        .isPresent();
    assertThat(
            refusal(PeeringTrustBundle.newBuilder().setTrustDomain("t.consul").addRootPems("pem")))
        .hasValueSatisfying(text -> assertThat(text).contains("holds what is no root"));
    String broken =
        SimCommands.root() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assertThat(
            refusal(PeeringTrustBundle.newBuilder().setTrustDomain("t.consul").addRootPems(broken)))
        .as("a second block that no proxy can read")
        .hasValueSatisfying(text -> assertThat(text).contains("holds what is no root"));
    assertThat(submitted).isEmpty();

    assertThat(
            refusal(
                PeeringTrustBundle.newBuilder()
                    .setTrustDomain("t.consul")
                    .addRootPems(SimCommands.root())))
        .isEmpty();
    assertThat(submitted).hasSize(2);
  }

  /** Services share rows: what was read first is stored first, however long its parts take. */
  @Test
  void shouldStoreNothingAheadOfWhatIsLaidDownInParts() {
    ImportIntake slow =
        new ImportIntake(
            new LogWriter(time.newLoop(), this::submitSlowly, 1),
            cluster,
            "id",
            "peer",
            4_096,
            RivalRootsTest.silent());
    slow.store(List.of(change("api", 1), change("web", 60), change("db", 1)));
    CompletableFuture<ChangeIntake.Outcome> last = slow.store(List.of(change("pay", 1)));
    time.runFor(10_000);

    assertThat(last).isCompleted();
    List<Command.BodyCase> kinds = submitted.stream().map(Command::getBodyCase).toList();
    int complete = kinds.indexOf(Command.BodyCase.COMPLETE_IMPORT);
    assertThat(kinds.subList(0, 3))
        .containsExactly(
            Command.BodyCase.OPEN_IMPORTS,
            Command.BodyCase.IMPORT_CHANGES,
            Command.BodyCase.STAGE_IMPORT);
    assertThat(submitted.subList(complete + 1, submitted.size()))
        .extracting(command -> command.getImportChanges().getChanges(0).getService())
        .containsExactlyInAnyOrder("db", "pay");
  }

  private CompletableFuture<CommandResult> submitSlowly(Command command) {
    submitted.add(command);
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    time.after(100, () -> result.complete(CommandResult.newBuilder().setDone(true).build()));
    return result;
  }

  private static ImportChange change(String service, int instances) {
    ImportChange.Builder change = ImportChange.newBuilder().setService(service);
    for (int i = 0; i < instances; i++) {
      change.addInstances(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode("n" + i))
              .setService(
                  NodeService.newBuilder()
                      .setId(service)
                      .setService(service)
                      .putMeta("m", "x".repeat(100))));
    }
    return change.build();
  }

  /** How the log answers changes. */
  private ImportIntake refusing(ProblemCode code) {
    return new ImportIntake(
        new LogWriter(
            time.newLoop(),
            command -> {
              submitted.add(command);
              return command.hasImportChanges()
                  ? CompletableFuture.failedFuture(new ProblemException(code, "refused"))
                  : CompletableFuture.completedFuture(
                      CommandResult.newBuilder().setDone(true).build());
            },
            1),
        cluster,
        "id",
        "peer",
        1 << 20,
        RivalRootsTest.silent());
  }

  @Test
  void shouldTryChangesOneByOneOnlyWhereWhatTheyHoldIsRefused() {
    List<ImportChange> changes = List.of(change("api", 1), change("web", 1), change("db", 1));
    CompletableFuture<ChangeIntake.Outcome> ended =
        refusing(ProblemCode.FAILED_PRECONDITION).store(changes);
    time.runFor(1_000);
    assertThat(ended.join().refusals()).hasSize(3).containsValue("refused");
    assertThat(submitted).filteredOn(Command::hasImportChanges).hasSize(1);

    submitted.clear();
    CompletableFuture<ChangeIntake.Outcome> refused =
        refusing(ProblemCode.INVALID_ARGUMENT).store(changes);
    time.runFor(1_000);
    assertThat(refused.join().refusals()).hasSize(3);
    assertThat(submitted).filteredOn(Command::hasImportChanges).hasSize(4);
  }

  /** All parts of it would be in the log before that refuses them. */
  @Test
  void shouldRefuseAServiceBeyondAllPartsBeforeTheLog() {
    ImportChange.Builder large = ImportChange.newBuilder().setService("web");
    for (int i = 0; i < 11; i++) {
      large.addInstances(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode("n" + i))
              .setService(
                  NodeService.newBuilder()
                      .setId("web")
                      .setService("web")
                      .putMeta("m", "x".repeat(1 << 20))));
    }
    CompletableFuture<ChangeIntake.Outcome> stored = intake.store(List.of(large.build()));
    time.runFor(1_000);
    assertThat(stored.join().refusals().get(0)).contains("service \"web\" is too large to be");
    assertThat(submitted).hasSize(1).allMatch(Command::hasOpenImports);
  }
}
