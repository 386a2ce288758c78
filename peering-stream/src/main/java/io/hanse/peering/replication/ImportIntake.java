package io.hanse.peering.replication;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemCode.Category;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.WritePeeringAddresses;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Keys;
import io.hanse.identity.Pem;
import io.hanse.peering.ServerAddresses;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.PeerTexts;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.WireWeight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Turns each resource received from a peer into one command, or into parts and one command that
 * shows them, so that no service is ever half imported, and under a fence, so that no stream puts
 * back what a newer one has replaced. Refuses what has no legal form before it reaches the log; the
 * rest is the applier's to judge.
 */
final class ImportIntake {
  /** What a fence adds to a command, at most. */
  private static final int FENCE_BYTES = 16;

  /** How often a service is laid down in parts before its stream has to end. */
  private static final int LAYINGS_MAX = 3;

  private final LogWriter writer;
  private final StateReader state;
  private final String peeringId;
  private final String peer;
  private final int commandBytesMax;
  private final RivalRoots rivalRoots;
  private @Nullable CompletableFuture<CommandResult> fence;

  /**
   * The last of those that are laid down in parts. All that comes behind it waits for it, as it may
   * be of the same rows.
   */
  private CompletableFuture<?> large = CompletableFuture.completedFuture(null);

  private final RowOrder order = new RowOrder();
  private final RemovalTurns turns;

  /**
   * Imports for one peering.
   *
   * @param state by which a trust domain is known as this cluster's or another's
   * @param peer this cluster's own name for the other one
   * @param rivalRoots told where the peer claims what is another's
   */
  ImportIntake(
      LogWriter writer,
      StateReader state,
      String peeringId,
      String peer,
      int commandBytesMax,
      RivalRoots rivalRoots) {
    this.writer = writer;
    this.state = state;
    this.peeringId = peeringId;
    this.peer = peer;
    this.commandBytesMax = commandBytesMax;
    this.rivalRoots = rivalRoots;
    turns = new RemovalTurns(state, peer);
  }

  /**
   * Stores a resource.
   *
   * @return why it can't be stored, for the peer; empty once it is. Fails where the log did not
   *     take it: then the stream must end, since the peer sends no resource twice.
   */
  CompletableFuture<Optional<String>> store(ResourceType type, String id, Any payload) {
    Command.Builder command;
    try {
      command = commandFor(type, id, payload);
    } catch (InvalidProtocolBufferException e) {
      return refused("failed to unmarshal resource: proto: cannot parse invalid wire-format data");
    } catch (MalformedResource e) {
      return refused(e.problem);
    } catch (ProblemException e) {
      // The state could not be read.
      return CompletableFuture.failedFuture(e);
    }
    int bytes = command.build().getSerializedSize() + FENCE_BYTES;
    boolean fits = bytes <= commandBytesMax;
    if (!fits && !command.hasReconcileImport() && !command.hasReconcileImportList()) {
      return refused("resource is too large to be stored: " + bytes + " > " + commandBytesMax);
    }
    CompletableFuture<Optional<String>> stored =
        fits || command.hasReconcileImportList() ? storeAtOnce(command) : storeInParts(command);
    return stored.exceptionallyCompose(
        failure ->
            LogWriter.problemOf(failure).code().category() == Category.CALLER
                ? refused(LogWriter.messageOf(failure))
                : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Optional<String>> storeAtOnce(Command.Builder command) {
    ReconcileImport service = command.getReconcileImport();
    return behindLarge(
            new RowOrder.Words().add(service.getService(), service.getInstancesList()),
            opened -> write(fenced(command, opened)))
        .thenApply(
            result -> {
              if (!result.getDone()) {
                throw new ProblemException(
                    ProblemCode.NOT_LEADER, "a newer stream imports for this peering");
              }
              return Optional.empty();
            });
  }

  private CompletableFuture<Optional<String>> storeInParts(Command.Builder command) {
    // Without a mark: whoever sends in this way makes none.
    ImportChange whole =
        ImportChange.newBuilder()
            .setService(command.getReconcileImport().getService())
            .addAllInstances(command.getReconcileImport().getInstancesList())
            .build();
    CompletableFuture<Optional<String>> stored =
        behindLarge(
            RowOrder.Words.of(List.of(whole)), opened -> layDown(List.of(whole), opened, 1));
    large = stored;
    return stored;
  }

  private CompletableFuture<Optional<String>> layDown(
      List<ImportChange> whole, long opened, int attempt) {
    return changes(opened)
        .store(whole, Map.of())
        .thenCompose(
            outcome -> {
              if (outcome.misfits().isEmpty()) {
                return CompletableFuture.completedFuture(
                    Optional.ofNullable(outcome.refusals().get(0)));
              }
              // A command whose answer was lost has shown the parts, or dropped them, before.
              return attempt < LAYINGS_MAX
                  ? layDown(whole, opened, attempt + 1)
                  : CompletableFuture.failedFuture(
                      new ProblemException(
                          ProblemCode.COMMIT_UNKNOWN, "the parts of a service did not stay"));
            });
  }

  private ChangeIntake changes(long opened) {
    return new ChangeIntake(writer, turns, peer, opened, commandBytesMax);
  }

  private CompletableFuture<CommandResult> write(Command command) {
    return command.hasReconcileImportList()
        ? new ShrinkingList(writer, state, turns, command, commandBytesMax).store()
        : writer.submit(command);
  }

  /** Completes once nothing that an earlier stream brings is stored any more. */
  CompletableFuture<CommandResult> begin() {
    return fence();
  }

  /** Stores all of these changes. */
  CompletableFuture<ChangeIntake.Outcome> store(List<ImportChange> changes) {
    return store(changes, Map.of());
  }

  /**
   * Stores changes, as {@link ChangeIntake} says.
   *
   * @param refused by position: those that are not to be stored
   */
  CompletableFuture<ChangeIntake.Outcome> store(
      List<ImportChange> changes, Map<Integer, String> refused) {
    CompletableFuture<ChangeIntake.Outcome> stored =
        behindLarge(RowOrder.Words.of(changes), opened -> changes(opened).store(changes, refused));
    if (ChangeIntake.areLarge(changes, commandBytesMax)) {
      large = stored;
    }
    return stored;
  }

  /** Stores under the fence, once that is done which is laid down in parts. */
  private <T> CompletableFuture<T> behindLarge(
      RowOrder.Words words, LongFunction<CompletableFuture<T>> store) {
    CompletableFuture<?> largeBefore = large;
    return order.store(
        words,
        () ->
            largeBefore
                .handle((before, failure) -> fence())
                .thenCompose(fence -> fence)
                .thenCompose(opened -> store.apply(opened.getIndex())));
  }

  /** Opened with the first resource: an attempt that is turned away costs nothing. */
  private CompletableFuture<CommandResult> fence() {
    if (fence == null) {
      fence =
          writer.submit(
              Command.newBuilder()
                  .setOpenImports(OpenImports.newBuilder().setPeeringId(peeringId))
                  .build());
    }
    return fence;
  }

  private static Command fenced(Command.Builder command, long fence) {
    switch (command.getBodyCase()) {
      case RECONCILE_IMPORT -> command.getReconcileImportBuilder().setFence(fence);
      case RECONCILE_IMPORT_LIST -> command.getReconcileImportListBuilder().setFence(fence);
      case WRITE_TRUST_BUNDLE -> command.getWriteTrustBundleBuilder().setFence(fence);
      default -> command.getWritePeeringAddressesBuilder().setFence(fence);
    }
    return command.build();
  }

  private static CompletableFuture<Optional<String>> refused(String problem) {
    return CompletableFuture.completedFuture(Optional.of(problem));
  }

  private Command.Builder commandFor(ResourceType type, String id, Any payload)
      throws InvalidProtocolBufferException, MalformedResource {
    Command.Builder command = Command.newBuilder();
    if (type.equals(PeerResources.SERVICE)) {
      command.setReconcileImport(
          service(id, ExportedService.parseFrom(light(ExportedService.getDescriptor(), payload))));
    } else if (type.equals(PeerResources.SERVICE_LIST)) {
      ExportedServiceList list =
          ExportedServiceList.parseFrom(light(ExportedServiceList.getDescriptor(), payload));
      for (String name : list.getServicesList()) {
        requireShort("service name", name);
      }
      command.setReconcileImportList(
          ReconcileImportList.newBuilder().setPeer(peer).addAllServices(list.getServicesList()));
    } else if (type.equals(PeerResources.TRUST_BUNDLE)) {
      PeeringTrustBundle bundle =
          PeeringTrustBundle.parseFrom(light(PeeringTrustBundle.getDescriptor(), payload));
      requireRoots(bundle);
      command.setWriteTrustBundle(
          WriteTrustBundle.newBuilder()
              .setBundle(bundle.toBuilder().setPeerName(peer).clearPartition()));
    } else {
      PeeringServerAddresses addresses =
          PeeringServerAddresses.parseFrom(light(PeeringServerAddresses.getDescriptor(), payload));
      requireAddresses(addresses);
      command.setWritePeeringAddresses(
          WritePeeringAddresses.newBuilder()
              .setId(peeringId)
              .addAllAddresses(addresses.getAddressesList()));
    }
    return command;
  }

  private static ByteString light(Descriptor type, Any payload) throws MalformedResource {
    if (WireWeight.isTooMuch(type, payload.getValue())) {
      throw new MalformedResource("the resource would take far more memory than its bytes");
    }
    return payload.getValue();
  }

  /**
   * The peer is dialed by what it holds: without roots, that would be in the clear, and by what is
   * no certificate not at all.
   */
  private void requireRoots(PeeringTrustBundle bundle) throws MalformedResource {
    if (bundle.getTrustDomain().isEmpty() || bundle.getRootPemsCount() == 0) {
      throw new MalformedResource("a trust bundle needs a trust domain and roots");
    }
    requireShort("trust domain", bundle.getTrustDomain());
    try {
      // All of it: proxies read all of it, and refuse the whole for one block that they can't.
      Pem.certificates(bundle.getRootPemsList());
    } catch (ProblemException e) {
      throw new MalformedResource("a trust bundle holds what is no root: " + e.getMessage());
    }
    try (View view = state.view()) {
      Optional<String> refusal = TrustDomainClaims.refusal(view, bundle);
      if (refusal.isPresent()) {
        throw new MalformedResource(refusal.get());
      }
      List<String> rivals = TrustDomainClaims.rivals(view, bundle, peer);
      if (!rivals.isEmpty()) {
        rivalRoots.brought(bundle.getTrustDomain(), rivals);
      }
    }
  }

  private static void requireShort(String what, String text) throws MalformedResource {
    Optional<String> tooLong = PeerTexts.tooLong(what, text);
    if (tooLong.isPresent()) {
      throw new MalformedResource(tooLong.get());
    }
  }

  private static void requireAddresses(PeeringServerAddresses addresses) throws MalformedResource {
    try {
      ServerAddresses.check(addresses.getAddressesList());
    } catch (ProblemException e) {
      throw new MalformedResource(e.getMessage());
    }
  }

  private ReconcileImport service(String name, ExportedService service) throws MalformedResource {
    Optional<String> flaw = flaw(name, service.getNodesList());
    if (flaw.isPresent()) {
      throw new MalformedResource(flaw.get());
    }
    return ReconcileImport.newBuilder()
        .setPeer(peer)
        .setService(name)
        .addAllInstances(service.getNodesList())
        .build();
  }

  /** What makes instances impossible to store under a name, whatever is stored. */
  static Optional<String> flaw(String service, List<CheckServiceNode> instances) {
    for (int i = 0; i < instances.size(); i++) {
      Optional<String> flaw = flawOf(instances.get(i), service);
      if (flaw.isPresent()) {
        return Optional.of(
            "did not increment imported services count for service=\"%s\": instance %d %s"
                .formatted(service, i, flaw.get()));
      }
    }
    return Optional.empty();
  }

  /** What is stored under another name than it comes under, nothing would ever take away. */
  private static Optional<String> flawOf(CheckServiceNode instance, String service) {
    Optional<String> missing = missingIn(instance);
    if (missing.isPresent()) {
      return Optional.of("has no " + missing.get());
    }
    String own = instance.getService().getService();
    return Keys.fold(own).equals(Keys.fold(service))
        ? Optional.empty()
        : Optional.of("is of service " + Quoted.of(PeerTexts.cut(own)));
  }

  /** What an instance must have and has not: without it, it could not be told from others. */
  static Optional<String> missingIn(CheckServiceNode instance) {
    if (instance.getNode().getNode().isEmpty()) {
      return Optional.of("node name");
    }
    if (instance.getService().getId().isEmpty()) {
      return Optional.of("service id");
    }
    for (HealthCheck check : instance.getChecksList()) {
      if (check.getCheckId().isEmpty()) {
        return Optional.of("check id");
      }
    }
    return Optional.empty();
  }

  private static final class MalformedResource extends Exception {
    private static final long serialVersionUID = 1;

    private final String problem;

    MalformedResource(@Nullable String problem) {
      super(problem);
      this.problem = String.valueOf(problem);
    }
  }
}
