package io.hanse.peering.replication;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.StreamStatus;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.PeerStreamStatusRequest;
import io.hanse.peering.proto.PeerStreamStatuses;
import io.hanse.peering.protocol.Opening;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Remembers how the streams of this server fare, for as long as it leads, and adds the leader's
 * knowledge to rows on any server. Nothing of it is stored.
 */
public final class StreamStatuses {
  /** The name under which the leader is asked. */
  public static final String CALL = "peering.status";

  /** A status, and the stream that may change it. */
  private record Entry(Object stream, PeerStreamStatus status) {}

  private final Map<String, Entry> entries = new ConcurrentSkipListMap<>();

  /** Peerings deleted here whose other end was told so. */
  private final Set<String> farewells = new ConcurrentSkipListSet<>();

  private final LeaderCall leaderCall;

  public StreamStatuses(LeaderCall leaderCall) {
    this.leaderCall = leaderCall;
  }

  /** Begins to answer other servers. */
  public void serve() {
    leaderCall.serve(CALL, this::answer);
  }

  /**
   * Makes a stream the one that reports of its peering: what an older one still says of its end
   * must not hide the newer one.
   */
  void claim(String peeringId, Object stream) {
    entries.put(peeringId, new Entry(stream, status(peeringId)));
  }

  void report(String peeringId, Object stream, PeerStreamStatus status) {
    entries.computeIfPresent(
        peeringId, (id, entry) -> entry.stream() == stream ? new Entry(stream, status) : entry);
  }

  void forget(String peeringId) {
    entries.remove(peeringId);
  }

  void clear() {
    entries.clear();
    farewells.clear();
  }

  /** The other end knows that the peering was deleted here. */
  void saidFarewell(String peeringId) {
    farewells.add(peeringId);
  }

  boolean hasSaidFarewell(String peeringId) {
    return farewells.contains(peeringId);
  }

  /** The peering is no more. */
  void removed(String peeringId) {
    entries.remove(peeringId);
    farewells.remove(peeringId);
  }

  /** What this server knows of a peering's stream; the default message for nothing. */
  public PeerStreamStatus status(String peeringId) {
    Entry entry = entries.get(peeringId);
    return entry == null ? PeerStreamStatus.getDefaultInstance() : entry.status();
  }

  /** Whether a stream of the peering is up, as far as this server knows. */
  public boolean isConnected(String peeringId) {
    return status(peeringId).getConnected();
  }

  private CompletableFuture<ByteString> answer(ByteString request) {
    try {
      PeerStreamStatuses.Builder answer = PeerStreamStatuses.newBuilder();
      List<String> ids = PeerStreamStatusRequest.parseFrom(request).getPeeringIdsList();
      for (String id : ids.isEmpty() ? List.copyOf(entries.keySet()) : ids) {
        Entry entry = entries.get(id);
        if (entry != null) {
          answer.putStatuses(id, entry.status());
        }
      }
      return CompletableFuture.completedFuture(answer.build().toByteString());
    } catch (InvalidProtocolBufferException e) {
      return CompletableFuture.failedFuture(
          new ProblemException(ProblemCode.DECODE_FAILED, "not a question for statuses", e));
    }
  }

  /** Asks the leader for the status of streams; none: of all. */
  public CompletableFuture<Map<String, PeerStreamStatus>> ofLeader(
      List<String> peeringIds, Duration patience) {
    ByteString request =
        PeerStreamStatusRequest.newBuilder().addAllPeeringIds(peeringIds).build().toByteString();
    return leaderCall
        .call(CALL, request, patience)
        .thenApply(
            answer -> {
              try {
                return PeerStreamStatuses.parseFrom(answer).getStatusesMap();
              } catch (InvalidProtocolBufferException e) {
                throw new ProblemException(
                    ProblemCode.DECODE_FAILED, "not an answer with statuses", e);
              }
            });
  }

  /** Adds to rows as stored what only the leader knows. */
  public CompletableFuture<List<Peering>> overlay(List<Peering> stored, Duration patience) {
    if (stored.isEmpty()) {
      return CompletableFuture.completedFuture(stored);
    }
    List<String> ids = stored.stream().map(Peering::getId).toList();
    return ofLeader(ids, patience)
        .thenApply(
            known -> {
              List<Peering> overlaid = new ArrayList<>(stored.size());
              for (Peering peering : stored) {
                PeerStreamStatus status = known.get(peering.getId());
                overlaid.add(status == null ? peering : overlay(peering, status));
              }
              return overlaid;
            });
  }

  /**
   * The states that exist on reading only. A peering that is ending keeps its own state: that is
   * what an operator who deleted it looks for.
   */
  static Peering overlay(Peering peering, PeerStreamStatus status) {
    Peering.Builder overlaid = peering.toBuilder().setStreamStatus(visible(status));
    if (!Opening.isActive(peering)) {
      return overlaid.build();
    }
    if (status.getConnected()) {
      overlaid.setState(PeeringState.ACTIVE);
    } else if (!status.getDisconnectError().isEmpty()) {
      overlaid.setState(PeeringState.FAILING);
    }
    return overlaid.build();
  }

  private static StreamStatus visible(PeerStreamStatus status) {
    StreamStatus.Builder visible =
        StreamStatus.newBuilder()
            .addAllImportedServices(status.getImportedServicesList())
            .addAllExportedServices(status.getExportedServicesList());
    long receive = Math.max(status.getLastAckMillis(), status.getLastNackMillis());
    receive = Math.max(receive, status.getLastReceiveSuccessMillis());
    receive = Math.max(receive, status.getLastReceiveErrorMillis());
    receive = Math.max(receive, status.getLastHeartbeatMillis());
    long send = Math.max(status.getLastSendSuccessMillis(), status.getLastSendErrorMillis());
    if (status.getLastHeartbeatMillis() > 0) {
      visible.setLastHeartbeat(timestamp(status.getLastHeartbeatMillis()));
    }
    if (receive > 0) {
      visible.setLastReceive(timestamp(receive));
    }
    if (send > 0) {
      visible.setLastSend(timestamp(send));
    }
    return visible.build();
  }

  private static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(millis / 1_000)
        .setNanos((int) (millis % 1_000) * 1_000_000)
        .build();
  }
}
