package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.PeerStreamStatus;
import java.util.List;
import java.util.Optional;

/** Keeps the status of one stream, and whether it changed since it was last asked for. */
final class StatusRecorder {
  private final PeerStreamStatus.Builder status;
  private boolean changed;

  StatusRecorder(PeerStreamStatus earlier) {
    status =
        earlier.toBuilder()
            .setConnected(false)
            .clearRefusedExports()
            .setNeverConnected(
                earlier.equals(PeerStreamStatus.getDefaultInstance())
                    || earlier.getNeverConnected());
  }

  void connected() {
    if (!status.getConnected()) {
      status.setConnected(true).setNeverConnected(false).setDisconnectError("");
      changed = true;
    }
  }

  void disconnected(long nowMillis, String error) {
    status.setConnected(false).setDisconnectMillis(nowMillis).setDisconnectError(error);
    changed = true;
  }

  void acknowledged(long nowMillis) {
    status.setLastAckMillis(nowMillis);
    changed = true;
  }

  void refusedByPeer(long nowMillis, String reason) {
    status
        .setLastNackMillis(nowMillis)
        .setLastNackMessage("client peer was unable to apply resource: " + reason);
    changed = true;
  }

  void sent(long nowMillis, OfferQueue.Offer offer) {
    status.setLastSendSuccessMillis(nowMillis);
    status.removeRefusedExports(offer.id());
    namesOf(offer.type(), offer.payload())
        .ifPresent(names -> status.clearExportedServices().addAllExportedServices(names));
    changed = true;
  }

  void notSent(long nowMillis, String id, String reason) {
    status.setLastSendErrorMillis(nowMillis).setLastSendError(reason);
    status.putRefusedExports(id, reason);
    changed = true;
  }

  void stored(long nowMillis, ResourceType type, Any payload) {
    status.setLastReceiveSuccessMillis(nowMillis);
    namesOf(type, payload)
        .ifPresent(names -> status.clearImportedServices().addAllImportedServices(names));
    changed = true;
  }

  /** The other end ended the relation: what it exported is cleared away. */
  void terminated() {
    status.clearImportedServices();
    changed = true;
  }

  void receiveFailed(long nowMillis, String reason) {
    status.setLastReceiveErrorMillis(nowMillis).setLastReceiveError(reason);
    changed = true;
  }

  void heartbeat(long nowMillis) {
    status.setLastHeartbeatMillis(nowMillis);
    changed = true;
  }

  /** The counts are not worth a report of their own. */
  void outstanding(int unacked, long oldestMillis, int pendingImports) {
    status
        .setUnacked(unacked)
        .setOldestUnackedMillis(oldestMillis)
        .setPendingImports(pendingImports);
  }

  PeerStreamStatus status() {
    return status.build();
  }

  boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  private static Optional<List<String>> namesOf(ResourceType type, Any payload) {
    if (!type.equals(PeerResources.SERVICE_LIST)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ExportedServiceList.parseFrom(payload.getValue()).getServicesList());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
