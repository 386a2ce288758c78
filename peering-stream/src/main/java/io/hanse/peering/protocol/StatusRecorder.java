package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ExportedServiceList;
import io.hanse.peering.proto.ImportRefusal;
import io.hanse.peering.proto.PeerStreamStatus;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Keeps the status of one stream, and whether it changed since it was last asked for. */
final class StatusRecorder {
  /** The other end names what it sends: beyond that many, refusals are counted no more. */
  private static final int REFUSED_IMPORTS_MAX = 1_000;

  /** How old a sign of life may be that was not reported; one may come with each message. */
  private static final long HEARD_MILLIS_MAX = 1_000;

  private final PeerStreamStatus.Builder status;
  private boolean changed;
  private long heardReportedMillis;

  StatusRecorder(PeerStreamStatus earlier) {
    status =
        earlier.toBuilder()
            .setConnected(false)
            .setInChanges(false)
            .clearRefusedExports()
            .clearExportsRefusedByPeer()
            .clearRefusedImports()
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

  boolean isConnected() {
    return status.getConnected();
  }

  /** A dialer's: it could not be made, or was lost. Source: peering protocol, section 5.9. */
  void attemptFailed(long nowMillis, String reason) {
    status.setLastSendErrorMillis(nowMillis).setLastSendError(reason);
    changed = true;
  }

  void disconnected(long nowMillis, String error) {
    status.setConnected(false).setDisconnectMillis(nowMillis).setDisconnectError(error);
    changed = true;
  }

  /** Something came. */
  void heard(long nowMillis) {
    status.setLastHeardMillis(nowMillis);
    changed |= nowMillis - heardReportedMillis >= HEARD_MILLIS_MAX;
  }

  void subscribed(long nowMillis) {
    status.setLastAckMillis(nowMillis);
    changed = true;
  }

  /** The other end has a resource; none if it answers what it was not sent. */
  void acknowledged(long nowMillis, Optional<SubscriptionLedger.Sent> resource) {
    status.setLastAckMillis(nowMillis);
    resource.ifPresent(
        sent -> {
          status.removeExportsRefusedByPeer(sent.id());
          sent.ids().forEach(status::removeExportsRefusedByPeer);
        });
    changed = true;
  }

  /** Of a batch it is those that the reason names. */
  void refusedByPeer(long nowMillis, Optional<SubscriptionLedger.Sent> resource, String reason) {
    status
        .setLastNackMillis(nowMillis)
        .setLastNackMessage("client peer was unable to apply resource: " + reason);
    resource.ifPresent(
        sent -> {
          List<String> named = ResourceBatches.named(sent.ids(), reason);
          if (!named.isEmpty() && !PeerTexts.isCut(reason)) {
            sent.ids().forEach(status::removeExportsRefusedByPeer);
          }
          (named.isEmpty() ? List.of(sent.id()) : named)
              .forEach(id -> status.putExportsRefusedByPeer(id, reason));
        });
    changed = true;
  }

  /** A resource is exported no more, or there is nothing of it to be sent. */
  void withdrawn(String id) {
    if (status.containsRefusedExports(id) || status.containsExportsRefusedByPeer(id)) {
      status.removeRefusedExports(id).removeExportsRefusedByPeer(id);
      changed = true;
    }
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

  void stored(long nowMillis, ResourceType type, String id, Any payload) {
    status.setLastReceiveSuccessMillis(nowMillis).removeRefusedImports(id);
    namesOf(type, payload)
        .ifPresent(
            names -> {
              status.clearImportedServices().addAllImportedServices(names);
              forgetRefusalsBut(names);
            });
    changed = true;
  }

  /** What is exported no more comes no more, so nothing else would end its refusal. */
  private void forgetRefusalsBut(List<String> names) {
    Set<String> exported = new TreeSet<>();
    for (String name : names) {
      exported.add(Keys.fold(name));
      exported.add(Keys.fold(name + PeerResources.TWIN_SUFFIX));
    }
    for (String refused : List.copyOf(status.getRefusedImportsMap().keySet())) {
      if (!exported.contains(Keys.fold(refused))) {
        status.removeRefusedImports(refused);
      }
    }
  }

  /** Services travel in changes from now on. */
  void inChanges() {
    status.setInChanges(true);
    changed = true;
  }

  /** All names that are imported, twins included: what can be read, no more. */
  void importedAre(Collection<String> names) {
    status.clearImportedServices();
    names.stream()
        .filter(name -> !name.endsWith(PeerResources.TWIN_SUFFIX))
        .forEach(status::addImportedServices);
    changed = true;
  }

  /** The plain names that are exported; those that differ by case are one to the importer. */
  void exportedAre(List<String> names) {
    status.clearExportedServices();
    Set<String> folded = new TreeSet<>();
    names.stream().filter(name -> folded.add(Keys.fold(name))).forEach(status::addExportedServices);
    changed = true;
  }

  void changesSent(long nowMillis, List<ImportChange> changes) {
    status.setLastSendSuccessMillis(nowMillis);
    changes.forEach(change -> status.removeRefusedExports(change.getService()));
    changed = true;
  }

  /** A message with changes was answered. */
  void changesConfirmed(long nowMillis) {
    status.setLastAckMillis(nowMillis);
    changed = true;
  }

  void changeConfirmed(String service) {
    status.removeExportsRefusedByPeer(service);
  }

  void changeRefused(long nowMillis, String service, String reason) {
    status
        .setLastNackMillis(nowMillis)
        .setLastNackMessage("client peer was unable to apply resource: " + reason)
        .putExportsRefusedByPeer(service, reason);
    changed = true;
  }

  void changeStored(long nowMillis, String service) {
    status.setLastReceiveSuccessMillis(nowMillis).removeRefusedImports(service);
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

  void notStored(long nowMillis, String id, String reason) {
    receiveFailed(nowMillis, reason);
    boolean isKnown = status.containsRefusedImports(id);
    if (isKnown || status.getRefusedImportsCount() < REFUSED_IMPORTS_MAX) {
      long since = isKnown ? status.getRefusedImportsOrThrow(id).getSinceMillis() : nowMillis;
      status.putRefusedImports(
          id, ImportRefusal.newBuilder().setReason(reason).setSinceMillis(since).build());
    }
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
    if (was) {
      heardReportedMillis = status.getLastHeardMillis();
    }
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
