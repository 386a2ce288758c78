package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.StreamLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportIntakeTest {
  private final SimTime time = new SimTime(1);
  private final List<Command> submitted = new ArrayList<>();
  private final LocalCluster cluster = new LocalCluster();
  private final ImportIntake intake = intake(this::submit, 1 << 20);

  private ImportIntake intake(CommandSubmitter log, int commandBytesMax) {
    return new ImportIntake(
        new LogWriter(time.newLoop(), log, 1),
        cluster,
        "id",
        "peer",
        commandBytesMax,
        RivalRootsTest.silent());
  }

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
    ImportIntake slow = intake(this::submitSlowly, 4_096);
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

  /** Nor ahead of what a Consul sends whole. */
  @Test
  void shouldStoreNothingAheadOfALargeServiceOfAConsul() {
    ImportIntake slow = intake(this::submitSlowly, 4_096);
    List<CompletableFuture<Optional<String>>> stored = new ArrayList<>();
    stored.add(slow.store(PeerResources.SERVICE, "web", whole("web", 60)));
    stored.add(slow.store(PeerResources.SERVICE, "db", whole("db", 1)));
    stored.add(slow.store(PeerResources.SERVICE, "pay", whole("pay", 70)));
    stored.add(
        slow.store(
            PeerResources.SERVICE_LIST,
            "list",
            Any.pack(ExportedServiceList.newBuilder().addServices("db").build())));
    time.runFor(20_000);

    assertThat(stored).allSatisfy(each -> assertThat(each).isCompletedWithValue(Optional.empty()));
    List<Command.BodyCase> kinds = submitted.stream().map(Command::getBodyCase).toList();
    int first = kinds.indexOf(Command.BodyCase.COMPLETE_IMPORT);
    int second = kinds.lastIndexOf(Command.BodyCase.COMPLETE_IMPORT);
    assertThat(kinds.subList(1, first)).containsOnly(Command.BodyCase.STAGE_IMPORT);
    assertThat(submitted.subList(1, second))
        .filteredOn(Command::hasStageImport)
        .extracting(command -> command.getStageImport().getService())
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(kinds.indexOf(Command.BodyCase.RECONCILE_IMPORT)).isGreaterThan(first);
    assertThat(kinds.indexOf(Command.BodyCase.RECONCILE_IMPORT_LIST)).isGreaterThan(second);
  }

  private static Any whole(String service, int instances) {
    return Any.pack(
        ExportedService.newBuilder()
            .addAllNodes(change(service, instances).getInstancesList())
            .build());
  }

  @Test
  void shouldRefuseAConsulsServiceBeyondAllPartsByName() {
    ExportedService.Builder large = ExportedService.newBuilder();
    for (int i = 0; i < 11; i++) {
      large.addNodes(change("web", 1).getInstances(0).toBuilder().setService(megabyte()));
    }
    CompletableFuture<Optional<String>> stored =
        intake.store(PeerResources.SERVICE, "web", Any.pack(large.build()));
    time.runFor(1_000);
    assertThat(stored.join())
        .hasValueSatisfying(
            text -> assertThat(text).contains("service \"web\" is too large to be stored"));
    assertThat(submitted).allMatch(Command::hasOpenImports);
  }

  private static NodeService megabyte() {
    return NodeService.newBuilder()
        .setId("web")
        .setService("web")
        .putMeta("m", "x".repeat(1 << 20))
        .build();
  }

  /** One entry of the log is on its way while the next one fills up. */
  private final class Entries {
    private List<CompletableFuture<CommandResult>> next = new ArrayList<>();
    private boolean isOnItsWay;
    private int count;

    CompletableFuture<CommandResult> submit(Command command) {
      CompletableFuture<CommandResult> answer = new CompletableFuture<>();
      next.add(answer);
      if (!isOnItsWay) {
        send();
      }
      return answer;
    }

    private void send() {
      List<CompletableFuture<CommandResult>> sent = next;
      next = new ArrayList<>();
      isOnItsWay = !sent.isEmpty();
      if (isOnItsWay) {
        count++;
        time.after(
            10,
            () -> {
              send();
              sent.forEach(each -> each.complete(CommandResult.newBuilder().setDone(true).build()));
            });
      }
    }
  }

  /** Of a stream that gives as many to be stored at a time as one does. */
  @Test
  void shouldBringAThousandServicesOfAConsulInWithFewEntries() {
    int window = StreamLimits.DEFAULT.pendingImportsMax();
    Entries entries = new Entries();
    ImportIntake gathered = intake(entries::submit, 1 << 20);
    Queue<CompletableFuture<Optional<String>>> inWork = new ArrayDeque<>();
    int given = 0;
    for (int done = 0; done < 1_000; done++) {
      while (given < 1_000 && inWork.size() < window) {
        String name = "s" + given++;
        inWork.add(gathered.store(PeerResources.SERVICE, name, whole(name, 1)));
      }
      while (!inWork.element().isDone()) {
        time.runFor(1);
      }
      assertThat(inWork.remove()).isCompletedWithValue(Optional.empty());
    }
    assertThat(entries.count).isLessThanOrEqualTo(2 * 1_000 / window + 3);
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
    return intake(
        command -> {
          submitted.add(command);
          return command.hasImportChanges()
              ? CompletableFuture.failedFuture(new ProblemException(code, "refused"))
              : CompletableFuture.completedFuture(CommandResult.newBuilder().setDone(true).build());
        },
        1 << 20);
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
              .setService(megabyte()));
    }
    CompletableFuture<ChangeIntake.Outcome> stored = intake.store(List.of(large.build()));
    time.runFor(1_000);
    assertThat(stored.join().refusals().get(0)).contains("service \"web\" is too large to be");
    assertThat(submitted).hasSize(1).allMatch(Command::hasOpenImports);
  }
}
