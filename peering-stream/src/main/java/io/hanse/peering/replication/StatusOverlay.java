package io.hanse.peering.replication;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.config.Durations;
import io.hanse.fsm.row.ConfirmedExport;
import io.hanse.fsm.row.ConfirmedImport;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.ExportProblem;
import io.hanse.fsm.row.ImportProblem;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.StreamStatus;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.DialedAddress;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ServiceReceipt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a reader is told of a peering: the stored row, and what the leader knows of its stream. The
 * states ACTIVE and FAILING exist here only, and ACTIVE only while the other cluster is heard: a
 * link that is cut half-way keeps its connection for minutes, and what came over it grows old.
 */
final class StatusOverlay {
  /** Heartbeats come every 15 s. */
  private static final long HEARTBEAT_OVERDUE_MILLIS = 20_000;

  /** What is exported is acknowledged once it is stored. */
  private static final long ANSWER_OVERDUE_MILLIS = 10_000;

  /** What Consul tells where nothing happened yet, as the time since 1970. */
  private static final Timestamp YEAR_ONE =
      Timestamp.newBuilder().setSeconds(-62_135_596_800L).build();

  private static final String UNSENT =
      "what the other cluster has of it is too large to be sent: it says there how large";

  private static final String UNKNOWN =
      "the other cluster does not know this peering; if it was deleted there, delete it here too, and"
          + " establish it anew with a new token";

  private static final String REFUSED =
      "the other cluster does not take the secret of its streams, as after a restore of either"
          + " cluster from an archive that is older than the secret; generate a token there, and"
          + " establish with it here under the same name";

  private static final String REFUSED_HERE =
      ", by a secret that is not known here, as after a restore of either cluster from an archive"
          + " that is older than the secret; generate a token here, and establish with it there under"
          + " the same name";

  private static final String STRANGER =
      " by the peer's id, with a secret that is not valid, and was refused: a copy of the peer that"
          + " was restored elsewhere does so, and is ended there";

  private final Peering peering;
  private final PeerStreamStatus status;
  private final boolean isRedeemed;
  private final boolean isSilent;

  private StatusOverlay(
      Peering peering, PeerStreamStatus status, long freshMillis, boolean isRedeemed) {
    this.peering = peering;
    this.status = status;
    this.isRedeemed = isRedeemed;
    this.isSilent = status.getConnected() && status.getSilenceMillis() > freshMillis;
  }

  /**
   * A peering as it is to be shown.
   *
   * @param isRedeemed whether the other cluster came once with a token of this one
   */
  static Peering over(
      Peering peering, PeerStreamStatus status, long freshMillis, boolean isRedeemed) {
    return new StatusOverlay(peering, status, freshMillis, isRedeemed).shown();
  }

  /**
   * A peering that is ending keeps its own state: that is what an operator who deleted it looks
   * for.
   */
  private Peering shown() {
    PeeringState state = peering.getState();
    if (Peerings.isActive(peering)) {
      if (status.getConnected() && !isSilent) {
        state = PeeringState.ACTIVE;
      } else if (isSilent || !status.getDisconnectError().isEmpty()) {
        state = PeeringState.FAILING;
      }
    }
    Peering.Builder shown = peering.toBuilder().setState(state).setDetail(detail(state));
    // To be dialed makes no stream.
    PeerStreamStatus.Builder ofStream =
        status.toBuilder()
            .clearDialed()
            .clearTokenRefusal()
            .clearTokenRefusedMillis()
            .clearSecretRefusedMillis()
            .clearStrangerRefusedMillis();
    if (!ofStream.build().equals(PeerStreamStatus.getDefaultInstance())) {
      shown.setStreamStatus(streamStatus());
    }
    return shown.build();
  }

  private StreamStatus streamStatus() {
    StreamStatus.Builder visible =
        StreamStatus.newBuilder()
            .addAllImportedServices(status.getImportedServicesList())
            .addAllExportedServices(status.getExportedServicesList());
    // An answer to what was sent does not count. Source: peering protocol, section 8.4.
    long receive =
        Math.max(status.getLastReceiveSuccessMillis(), status.getLastReceiveErrorMillis());
    receive = Math.max(receive, status.getLastHeartbeatMillis());
    long send = Math.max(status.getLastSendSuccessMillis(), status.getLastSendErrorMillis());
    if (status.getLastHeartbeatMillis() > 0) {
      visible.setLastHeartbeat(timestamp(status.getLastHeartbeatMillis()));
    }
    // Of a stream that there was, or that was tried, Consul tells these two always.
    boolean isTracked =
        status.getConnected() || status.getNeverConnected() || status.getDisconnectMillis() > 0;
    if (isTracked || receive > 0) {
      visible.setLastReceive(receive > 0 ? timestamp(receive) : YEAR_ONE);
    }
    if (isTracked || send > 0) {
      visible.setLastSend(send > 0 ? timestamp(send) : YEAR_ONE);
    }
    return visible.build();
  }

  private PeeringDetail detail(PeeringState state) {
    PeeringDetail.Builder detail =
        PeeringDetail.newBuilder()
            .setReason(reason(state))
            .setUnacknowledged(status.getUnacked())
            .setPendingImports(status.getPendingImports());
    if (status.getLastHeardMillis() > 0) {
      detail.setLastConfirmed(timestamp(status.getLastHeardMillis()));
    }
    if (status.getLastHeardMillis() > 0 || status.getSilenceMillis() > 0) {
      detail.setSilence(duration(status.getSilenceMillis()));
    }
    detail.setInChanges(status.getInChanges());
    if (Peerings.isActive(peering)) {
      // Of one that ended, neither side holds anything any more.
      addExports(detail);
      addImports(detail);
    }
    status.getDialedList().forEach(dialed -> detail.addCandidates(fared(dialed)));
    if (status.getWithdrawnSinceMillis() > 0) {
      detail.setWithdrawnSince(timestamp(status.getWithdrawnSinceMillis()));
    }
    if (status.getUnacked() > 0) {
      detail.setOldestUnacknowledged(timestamp(status.getOldestUnackedMillis()));
    }
    new TreeMap<>(status.getRefusedExportsMap())
        .forEach((id, reason) -> detail.addExportProblems(problem(id, reason, false)));
    new TreeMap<>(status.getExportsRefusedByPeerMap())
        .forEach((id, reason) -> detail.addExportProblems(problem(id, reason, true)));
    new TreeMap<>(status.getRefusedImportsMap())
        .forEach(
            (id, refusal) ->
                detail.addImportProblems(
                    ImportProblem.newBuilder()
                        .setResource(id)
                        .setReason(refusal.getReason())
                        .setSince(timestamp(refusal.getSinceMillis()))));
    new TreeMap<>(status.getImports().getUnsentMap())
        .forEach(
            (id, sinceMillis) ->
                detail.addImportProblems(
                    ImportProblem.newBuilder()
                        .setResource(id)
                        .setReason(UNSENT)
                        .setSince(timestamp(sinceMillis))));
    return detail.build();
  }

  /** Who named the address is stored, and added by who knows that. */
  private DialCandidate fared(DialedAddress dialed) {
    DialCandidate.Builder fared =
        DialCandidate.newBuilder()
            .setAddress(dialed.getAddress())
            .setInUse(dialed.getNewest() && status.getConnected())
            .setLastError(dialed.getLastError());
    if (dialed.getLastErrorMillis() > 0) {
      fared.setLastErrorAt(timestamp(dialed.getLastErrorMillis()));
    }
    return fared.build();
  }

  private void addExports(PeeringDetail.Builder detail) {
    for (ServiceReceipt receipt : status.getReceiptsList()) {
      detail.addConfirmedExports(
          ConfirmedExport.newBuilder()
              .setService(receipt.getService())
              .setExporterIndex(receipt.getExporterIndex())
              .setImporterIndex(receipt.getImporterIndex())
              .setConfirmedAt(timestamp(receipt.getConfirmedMillis())));
    }
  }

  private void addImports(PeeringDetail.Builder detail) {
    ImportAges imports = status.getImports();
    detail.setUnconfirmedImports(imports.getUnconfirmed());
    if (imports.getConfirmed() > 0) {
      detail.setOldestImportAge(duration(imports.getOldestAgeMillis()));
    }
    for (ImportAge each : imports.getServicesList()) {
      ConfirmedImport.Builder shown = ConfirmedImport.newBuilder().setService(each.getService());
      if (each.getConfirmedMillis() > 0) {
        shown.setConfirmedAt(timestamp(each.getConfirmedMillis()));
      }
      detail.addConfirmedImports(shown);
    }
  }

  private static ExportProblem problem(String id, String reason, boolean isByPeer) {
    return ExportProblem.newBuilder().setResource(id).setReason(reason).setByPeer(isByPeer).build();
  }

  private String reason(PeeringState state) {
    String reason = withStranger(withRefusal(state, reasonOf(state)));
    if (status.getWithdrawnSinceMillis() == 0 || !Peerings.isActive(peering)) {
      return reason;
    }
    return (reason.isEmpty() ? "" : reason + "; ")
        + "its services are withdrawn until it is heard again";
  }

  /** Who established by a token that was refused may not be who reads this. */
  private String withRefusal(PeeringState state, String reason) {
    boolean isMatter = Peerings.isActive(peering) && state != PeeringState.ACTIVE;
    return isMatter && !status.getTokenRefusal().isEmpty()
        ? reason
            + "; the last attempt to establish it failed at "
            + seconds(status.getTokenRefusedMillis())
            + ": "
            + status.getTokenRefusal()
        : reason;
  }

  /** It is not the peer, which was connected meanwhile, and says nothing of how that fares. */
  private String withStranger(String reason) {
    long nowMillis = status.getLastHeardMillis() + status.getSilenceMillis();
    boolean isNews =
        status.getStrangerRefusedMillis() > 0
            && nowMillis - status.getStrangerRefusedMillis() < StreamStatuses.STRANGER_MILLIS
            && Peerings.isActive(peering);
    return isNews
        ? (reason.isEmpty() ? "" : reason + "; ")
            + "another cluster dialed at "
            + seconds(status.getStrangerRefusedMillis())
            + STRANGER
        : reason;
  }

  private String reasonOf(PeeringState state) {
    String other =
        Peerings.dials(peering) ? "the other cluster" : "the other cluster, which dials,";
    return switch (state) {
      case ACTIVE -> problems();
      case FAILING ->
          isSilent
              ? silence()
              : refusedHere(other)
                  .or(this::remedy)
                  .orElseGet(() -> other + " is not connected: " + lastError());
      case ESTABLISHING -> other + " is not connected yet";
      case PENDING ->
          Peerings.dials(peering)
              ? "its token was not redeemed here: establish again, with a new one if it was refused"
              : refusedHere(other).orElseGet(() -> awaited(other));
      case TERMINATED ->
          "the other cluster deleted the peering: delete it here too, then peer anew by a new token";
      case DELETING -> "what it brought is being removed, and the other cluster told";
      default -> "";
    };
  }

  /** Of an acceptor: who dials is not told more than Consul tells, so its operator may not know. */
  private Optional<String> refusedHere(String other) {
    return status.getSecretRefusedMillis() == 0
        ? Optional.empty()
        : Optional.of(
            other
                + " wanted to connect at "
                + seconds(status.getSecretRefusedMillis())
                + REFUSED_HERE);
  }

  private static Instant seconds(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
  }

  /** For an acceptor Consul's word is the same whether nobody came ever, or not since it leads. */
  private String awaited(String other) {
    if (!isRedeemed) {
      return "the token was not redeemed yet";
    }
    String redeemed = "the token was redeemed; " + other;
    String span = text(status.getSilenceMillis());
    if (status.getDisconnectMillis() > 0) {
      return redeemed + " is not connected any more, and was heard last " + span + " ago";
    }
    String since = redeemed + " has not connected since this leader leads";
    if (status.getLastHeardMillis() > 0) {
      return since + ", and was heard last " + span + " ago";
    }
    return status.getSilenceMillis() > 0 ? since + ", for " + span : since;
  }

  private String silence() {
    return "connected, but nothing was heard for "
        + text(status.getSilenceMillis())
        + ": what is imported may be out of date";
  }

  private static String text(long millis) {
    return Durations.text(java.time.Duration.ofMillis(millis));
  }

  /**
   * What to do about a peering that no dialing connects. Consul's words are all that there is to
   * tell it by: the codes are those of other refusals, too.
   */
  private Optional<String> remedy() {
    String error = status.getDisconnectError();
    if (error.contains("unknown PeerID")) {
      return Optional.of(UNKNOWN);
    }
    boolean isRefused =
        error.contains("invalid peering stream secret")
            || error.contains("peering must be re-established");
    return isRefused ? Optional.of(REFUSED) : Optional.empty();
  }

  private String lastError() {
    return status.getDisconnectError().isEmpty() ? "no reason given" : status.getDisconnectError();
  }

  private String problems() {
    List<String> problems = new ArrayList<>();
    if (status.getSilenceMillis() > HEARTBEAT_OVERDUE_MILLIS) {
      problems.add("nothing was heard for " + text(status.getSilenceMillis()));
    }
    long nowMillis = status.getLastHeardMillis() + status.getSilenceMillis();
    long unansweredMillis = nowMillis - status.getOldestUnackedMillis();
    if (status.getUnacked() > 0 && unansweredMillis > ANSWER_OVERDUE_MILLIS) {
      problems.add(
          "exports that were not acknowledged for "
              + text(unansweredMillis)
              + ": "
              + status.getUnacked());
    }
    int exports = status.getRefusedExportsCount() + status.getExportsRefusedByPeerCount();
    int imports = status.getRefusedImportsCount() + status.getImports().getUnsentCount();
    if (exports > 0 || imports > 0) {
      problems.add(
          "not all is replicated: resources refused of ours " + exports + ", of theirs " + imports);
    }
    return problems.isEmpty() ? "" : "connected, but " + String.join("; ", problems);
  }

  private static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(millis, 1_000))
        .setNanos((int) Math.floorMod(millis, 1_000L) * 1_000_000)
        .build();
  }

  private static Duration duration(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1_000)
        .setNanos((int) (millis % 1_000) * 1_000_000)
        .build();
  }
}
