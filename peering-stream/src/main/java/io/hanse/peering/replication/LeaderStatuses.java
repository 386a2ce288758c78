package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.StreamOverlay;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.PeerStreamStatusRequest;
import io.hanse.peering.proto.PeerStreamStatuses;
import io.hanse.peering.protocol.PeerResources;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Adds to rows, on any server, what only the leader knows of their streams: asks it, and answers
 * while this server leads.
 */
public final class LeaderStatuses {
  private static final String NO_LEADER =
      "no leader is known here, and so not how the peering stands: the rest is as stored";

  /** The name under which the leader is asked. */
  private static final String CALL = "peering.status";

  private final StreamStatuses own;
  private final LeaderCall leaderCall;
  private final StateReader state;
  private final long freshMillis;

  /**
   * Asks nobody yet.
   *
   * @param own what this server tells while it leads
   * @param state where it finds what was imported before that
   * @param freshMillis of silence before a peering is called active no more
   */
  public LeaderStatuses(
      StreamStatuses own, LeaderCall leaderCall, StateReader state, long freshMillis) {
    this.own = own;
    this.leaderCall = leaderCall;
    this.state = state;
    this.freshMillis = freshMillis;
  }

  /** Begins to answer other servers, if only that peering is disabled here. */
  public void serve(PeeringSettings settings) {
    leaderCall.serve(
        CALL,
        request -> {
          settings.requireEnabledAtLeader();
          return answer(request);
        });
  }

  private CompletableFuture<ByteString> answer(ByteString request) {
    try (View view = state.view()) {
      Peerings peerings = new Peerings(view);
      PeerStreamStatuses.Builder answer = PeerStreamStatuses.newBuilder();
      PeerStreamStatusRequest asked = PeerStreamStatusRequest.parseFrom(request);
      List<String> ids = asked.getPeeringIdsList();
      for (String id : ids.isEmpty() ? own.known() : ids) {
        PeerStreamStatus status = shown(peerings, id, asked.getWithReceiptsList().contains(id));
        if (!status.equals(PeerStreamStatus.getDefaultInstance())) {
          answer.putStatuses(id, status);
        }
      }
      return CompletableFuture.completedFuture(answer.build().toByteString());
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.DECODE_FAILED, "not a question for statuses", e));
    }
  }

  /** Until a stream says what is imported, that is what is stored, and nothing of it confirmed. */
  private PeerStreamStatus shown(Peerings peerings, String id, boolean inDetail) {
    PeerStreamStatus status = own.shown(id, inDetail);
    if (status.getImportedServicesCount() > 0 && status.hasImports()) {
      return status;
    }
    List<String> names =
        peerings
            .byId(id)
            .filter(Peerings::isActive)
            .map(peering -> plainNames(peerings, peering))
            .orElse(List.of());
    PeerStreamStatus.Builder whole = status.toBuilder();
    if (status.getImportedServicesCount() == 0) {
      whole.addAllImportedServices(names);
    }
    if (!status.hasImports() && !names.isEmpty()) {
      ImportAges.Builder ages = ImportAges.newBuilder().setUnconfirmed(names.size());
      if (inDetail) {
        names.forEach(name -> ages.addServices(ImportAge.newBuilder().setService(name)));
      }
      whole.setImports(ages);
    }
    return whole.build();
  }

  private static List<String> plainNames(Peerings peerings, Peering peering) {
    return peerings.importedServices(peering.getName()).stream()
        .filter(name -> !name.endsWith(PeerResources.TWIN_SUFFIX))
        .toList();
  }

  /**
   * Adds to rows as stored what the leader knows. A row that comes with a detail, however empty,
   * gets receipts in it as well, which can be many.
   */
  public CompletableFuture<List<Peering>> overlay(List<Peering> stored, Duration patience) {
    if (stored.isEmpty()) {
      return CompletableFuture.completedFuture(stored);
    }
    PeerStreamStatusRequest.Builder request = PeerStreamStatusRequest.newBuilder();
    for (Peering peering : stored) {
      request.addPeeringIds(peering.getId());
      if (peering.hasDetail()) {
        request.addWithReceipts(peering.getId());
      }
    }
    return leaderCall
        .call(CALL, request.build().toByteString(), patience)
        .thenApply(LeaderStatuses::parsed)
        .thenApply(known -> overlaid(stored, known));
  }

  /**
   * The same, where it is better to know what is stored than nothing: without a leader, peerings of
   * which only that could tell how they stand are shown as undefined.
   */
  public CompletableFuture<List<Peering>> overlayIfLed(List<Peering> stored, Duration patience) {
    if (!state.freshness().knownLeader()) {
      return CompletableFuture.completedFuture(stored.stream().map(LeaderStatuses::unled).toList());
    }
    return overlay(stored, patience)
        .exceptionally(
            failure -> {
              if (cause(failure) instanceof ProblemException problem
                  && problem.code().category() == ProblemCode.Category.RETRY) {
                return stored.stream().map(LeaderStatuses::unled).toList();
              }
              throw new CompletionException(cause(failure));
            });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static Peering unled(Peering stored) {
    PeeringState state = Peerings.isActive(stored) ? PeeringState.UNDEFINED : stored.getState();
    return stored.toBuilder()
        .setState(state)
        .setDetail(PeeringDetail.newBuilder().setReason(NO_LEADER))
        .build();
  }

  /** What those need who answer operators. */
  public StreamOverlay asOverlay(Duration patience, InstantSource clock) {
    return new StreamOverlay() {
      @Override
      public CompletableFuture<List<Peering>> over(List<Peering> stored) {
        return overlay(stored, patience);
      }

      @Override
      public CompletableFuture<List<Peering>> overIfLed(List<Peering> stored) {
        return overlayIfLed(stored, patience);
      }

      @Override
      public void tokenRefused(String peeringId, String reason) {
        own.tokenRefused(peeringId, reason, clock.millis());
      }
    };
  }

  private static Map<String, PeerStreamStatus> parsed(ByteString answer) {
    try {
      return PeerStreamStatuses.parseFrom(answer).getStatusesMap();
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "not an answer with statuses", e);
    }
  }

  private List<Peering> overlaid(List<Peering> stored, Map<String, PeerStreamStatus> known) {
    List<Peering> overlaid = new ArrayList<>(stored.size());
    try (View view = state.view()) {
      Peerings peerings = new Peerings(view);
      for (Peering peering : stored) {
        PeerStreamStatus status =
            known.getOrDefault(peering.getId(), PeerStreamStatus.getDefaultInstance());
        boolean isRedeemed = peerings.isRedeemed(peering.getId());
        overlaid.add(StatusOverlay.over(peering, status, freshMillis, isRedeemed));
      }
    }
    return overlaid;
  }
}
