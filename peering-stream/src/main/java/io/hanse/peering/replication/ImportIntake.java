package io.hanse.peering.replication;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode.Category;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.WritePeeringAddresses;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.peering.proto.ExportedService;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Turns each resource received from a peer into one command, so that nothing is ever half imported.
 * Refuses what has no legal form before it reaches the log; the rest is the applier's to judge.
 */
final class ImportIntake {
  private final LogWriter writer;
  private final String peeringId;
  private final String peer;
  private final int commandBytesMax;

  /**
   * Imports for one peering.
   *
   * @param peer this cluster's own name for the other one
   */
  ImportIntake(LogWriter writer, String peeringId, String peer, int commandBytesMax) {
    this.writer = writer;
    this.peeringId = peeringId;
    this.peer = peer;
    this.commandBytesMax = commandBytesMax;
  }

  /**
   * Stores a resource.
   *
   * @return why it can't be stored, for the peer; empty once it is. Fails where the log did not
   *     take it: then the stream must end, since the peer sends no resource twice.
   */
  CompletableFuture<Optional<String>> store(ResourceType type, String id, Any payload) {
    Command command;
    try {
      command = commandFor(type, id, payload);
    } catch (InvalidProtocolBufferException e) {
      return refused("failed to unmarshal resource: proto: cannot parse invalid wire-format data");
    } catch (MalformedResource e) {
      return refused(e.problem);
    }
    int bytes = command.getSerializedSize();
    if (bytes > commandBytesMax) {
      return refused("resource is too large to be stored: " + bytes + " > " + commandBytesMax);
    }
    CompletableFuture<Optional<String>> stored = new CompletableFuture<>();
    writer
        .submit(command)
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                stored.complete(Optional.empty());
              } else if (LogWriter.problemOf(failure).code().category() == Category.CALLER) {
                stored.complete(Optional.of(LogWriter.messageOf(failure)));
              } else {
                stored.completeExceptionally(failure);
              }
            });
    return stored;
  }

  private static CompletableFuture<Optional<String>> refused(String problem) {
    return CompletableFuture.completedFuture(Optional.of(problem));
  }

  private Command commandFor(ResourceType type, String id, Any payload)
      throws InvalidProtocolBufferException, MalformedResource {
    Command.Builder command = Command.newBuilder();
    if (type.equals(PeerResources.SERVICE)) {
      command.setReconcileImport(service(id, ExportedService.parseFrom(payload.getValue())));
    } else if (type.equals(PeerResources.SERVICE_LIST)) {
      ExportedServiceList list = ExportedServiceList.parseFrom(payload.getValue());
      command.setReconcileImportList(
          ReconcileImportList.newBuilder().setPeer(peer).addAllServices(list.getServicesList()));
    } else if (type.equals(PeerResources.TRUST_BUNDLE)) {
      PeeringTrustBundle bundle = PeeringTrustBundle.parseFrom(payload.getValue());
      command.setWriteTrustBundle(
          WriteTrustBundle.newBuilder()
              .setBundle(bundle.toBuilder().setPeerName(peer).clearPartition()));
    } else {
      PeeringServerAddresses addresses = PeeringServerAddresses.parseFrom(payload.getValue());
      command.setWritePeeringAddresses(
          WritePeeringAddresses.newBuilder()
              .setId(peeringId)
              .addAllAddresses(addresses.getAddressesList()));
    }
    return command.build();
  }

  private ReconcileImport service(String name, ExportedService service) throws MalformedResource {
    List<CheckServiceNode> instances = service.getNodesList();
    for (int i = 0; i < instances.size(); i++) {
      Optional<String> missing = missingIn(instances.get(i));
      if (missing.isPresent()) {
        throw new MalformedResource(
            "did not increment imported services count for service=\"%s\": instance %d has no %s"
                .formatted(name, i, missing.get()));
      }
    }
    return ReconcileImport.newBuilder()
        .setPeer(peer)
        .setService(name)
        .addAllInstances(instances)
        .build();
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

    MalformedResource(String problem) {
      super(problem);
      this.problem = problem;
    }
  }
}
