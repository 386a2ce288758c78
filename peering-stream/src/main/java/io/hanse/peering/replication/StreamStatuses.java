package io.hanse.peering.replication;

import io.hanse.peering.proto.DialedAddress;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ServiceReceipt;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/**
 * Remembers how the streams of this server fare, for as long as it leads. Nothing of it is stored.
 */
public final class StreamStatuses {
  /** Who dials so comes again within a minute, and is not the peer because that is gone now. */
  static final long STRANGER_MILLIS = 300_000;

  /**
   * A status, the stream that may change it, and when the other end was heard.
   *
   * @param receipts of what the other end confirmed on this stream
   * @param before what it confirmed on earlier ones, and not yet on this
   */
  private record Entry(
      Object stream,
      PeerStreamStatus status,
      long heardNanos,
      Map<String, ServiceReceipt> receipts,
      Map<String, ServiceReceipt> before,
      ImportFreshness imports) {
    static Entry first(Object stream) {
      return new Entry(
          stream,
          PeerStreamStatus.getDefaultInstance(),
          0,
          new ConcurrentSkipListMap<>(),
          new ConcurrentSkipListMap<>(),
          new ImportFreshness());
    }

    Entry with(PeerStreamStatus newStatus, long newHeardNanos) {
      return new Entry(stream, newStatus, newHeardNanos, receipts, before, imports);
    }

    /** A stream confirms again what the other end still has; what that forgot, nobody said. */
    Entry of(Object newStream) {
      Map<String, ServiceReceipt> known = new ConcurrentSkipListMap<>(before);
      known.putAll(receipts);
      Set<String> exported = new TreeSet<>(status.getExportedServicesList());
      known.keySet().removeIf(name -> !exported.contains(plain(name)));
      return new Entry(
          newStream, status, heardNanos, new ConcurrentSkipListMap<>(), known, imports);
    }

    private static String plain(String name) {
      return name.endsWith(PeerResources.TWIN_SUFFIX)
          ? name.substring(0, name.length() - PeerResources.TWIN_SUFFIX.length())
          : name;
    }

    /** The server that asks has a clock of its own, so it is told an age. */
    PeerStreamStatus aged(long nowNanos) {
      boolean isHeard = status.getLastHeardMillis() > 0;
      return isHeard
          ? status.toBuilder().setSilenceMillis(silenceMillis(nowNanos)).build()
          : status;
    }

    long silenceMillis(long nowNanos) {
      return (nowNanos - heardNanos) / 1_000_000;
    }

    /** Where nothing is under way, the other end holds what it confirmed while it is heard. */
    List<ServiceReceipt> heldReceipts() {
      boolean isSettled = status.getConnected() && status.getUnacked() == 0;
      return receipts.values().stream()
          .map(each -> isSettled ? heard(each, status.getLastHeardMillis()) : each)
          .toList();
    }

    private static ServiceReceipt heard(ServiceReceipt receipt, long millis) {
      return millis > receipt.getConfirmedMillis()
          ? receipt.toBuilder().setConfirmedMillis(millis).build()
          : receipt;
    }
  }

  /** Why a token did not establish a peering, and when. */
  private record Refusal(String reason, long millis) {}

  /** A sign of life that an earlier leader had. */
  private record Earlier(long heardMillis, long heardNanos) {}

  private final Map<String, Entry> entries = new ConcurrentSkipListMap<>();

  /** Counts where this server has not heard the other end yet. */
  private final Map<String, Earlier> earlier = new ConcurrentSkipListMap<>();

  /** Since when this server awaits a sign of life, where nobody knows of an earlier one. */
  private final Map<String, Long> awaitedNanos = new ConcurrentSkipListMap<>();

  /** Where peerings were dialed. */
  private final Map<String, List<DialedAddress>> dialed = new ConcurrentSkipListMap<>();

  /** Since when what peerings brought is withheld from readers, in milliseconds since 1970. */
  private volatile Map<String, Long> withdrawals = Map.of();

  /** What became of the last attempts to establish peerings that failed. */
  private final Map<String, Refusal> refusals = new ConcurrentSkipListMap<>();

  /** When dialers were turned away last for their secret, since a stream was let in. */
  private final Map<String, Long> secretsRefusedMillis = new ConcurrentSkipListMap<>();

  /** The same of those that came while the peer itself was connected: copies of it, at best. */
  private final Map<String, Long> strangersRefusedMillis = new ConcurrentSkipListMap<>();

  /** What operators were told of a peering. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  private final LongSupplier nanoClock;

  /** Nothing is known yet. */
  public StreamStatuses(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Makes a stream the one that reports of its peering: what an older one still says of its end
   * must not hide the newer one.
   */
  void claim(String peeringId, Object stream) {
    secretsRefusedMillis.remove(peeringId);
    entries.compute(
        peeringId, (id, earlier) -> earlier == null ? Entry.first(stream) : earlier.of(stream));
  }

  /** Where the stream that reports of a peering keeps how old its imports are. */
  Optional<ImportFreshness> imports(String peeringId, Object stream) {
    Entry entry = entries.get(peeringId);
    return entry == null || entry.stream() != stream
        ? Optional.empty()
        : Optional.of(entry.imports());
  }

  /**
   * How a stream fares.
   *
   * @param nowMillis by the clock of the stream, as all that is in the status
   */
  void report(String peeringId, Object stream, PeerStreamStatus status, long nowMillis) {
    entries.computeIfPresent(
        peeringId,
        (id, entry) -> {
          if (entry.stream() != stream) {
            return entry;
          }
          // What is reported later than it was heard is no newer by that.
          long silenceMillis = nowMillis - status.getLastHeardMillis();
          boolean isOld = status.getLastHeardMillis() == entry.status().getLastHeardMillis();
          long heardNanos =
              isOld ? entry.heardNanos() : nanoClock.getAsLong() - silenceMillis * 1_000_000;
          return entry.with(status, heardNanos);
        });
  }

  /** The other end of a stream holds a content, as of now. */
  void confirmed(String peeringId, Object stream, Effect.Confirmed confirmed, long nowMillis) {
    Entry entry = entries.get(peeringId);
    if (entry == null || entry.stream() != stream) {
      return;
    }
    String name = confirmed.name();
    ServiceReceipt before = entry.before().remove(name);
    if (confirmed.gone()) {
      entry.receipts().remove(name);
      return;
    }
    ServiceReceipt known = entry.receipts().getOrDefault(name, before);
    ServiceReceipt.Builder receipt =
        known == null ? ServiceReceipt.newBuilder() : known.toBuilder();
    if (confirmed.importerIndex() > 0) {
      receipt
          .setExporterIndex(confirmed.exporterIndex())
          .setImporterIndex(confirmed.importerIndex());
    }
    entry.receipts().put(name, receipt.setService(name).setConfirmedMillis(nowMillis).build());
  }

  /** How the dialing of a peering fares, address by address; none: it is not dialed. */
  void dialed(String peeringId, List<DialedAddress> addresses) {
    if (addresses.isEmpty()) {
      dialed.remove(peeringId);
    } else {
      dialed.put(peeringId, addresses);
    }
  }

  /** A peering was not established by a token; no reason: there is another attempt. */
  public void tokenRefused(String peeringId, String reason, long nowMillis) {
    if (reason.isEmpty()) {
      refusals.remove(peeringId);
    } else {
      refusals.put(peeringId, new Refusal(reason, nowMillis));
    }
  }

  /** Who wanted to open a stream of a peering that is active did not have its secret. */
  void secretRefused(String peeringId, long nowMillis) {
    Long stranger = strangersRefusedMillis.get(peeringId);
    if (status(peeringId).getConnected()) {
      strangersRefusedMillis.put(peeringId, nowMillis);
    } else if (stranger == null || nowMillis - stranger >= STRANGER_MILLIS) {
      secretsRefusedMillis.put(peeringId, nowMillis);
    }
  }

  /** Whether this is the first time that it happens to a peering since this server leads. */
  boolean isFirst(String what, String peeringId) {
    return told.add(what + peeringId);
  }

  void forget(String peeringId) {
    entries.remove(peeringId);
    dialed.remove(peeringId);
  }

  void clear() {
    entries.clear();
    dialed.clear();
    earlier.clear();
    awaitedNanos.clear();
    told.clear();
    refusals.clear();
    secretsRefusedMillis.clear();
    strangersRefusedMillis.clear();
    withdrawals = Map.of();
  }

  /** The peering is no more. */
  void removed(String peeringId) {
    entries.remove(peeringId);
    dialed.remove(peeringId);
    earlier.remove(peeringId);
    awaitedNanos.remove(peeringId);
    refusals.remove(peeringId);
    secretsRefusedMillis.remove(peeringId);
    strangersRefusedMillis.remove(peeringId);
    told.removeIf(each -> each.endsWith(peeringId));
  }

  /** What this server knows of a peering's stream; the default message for nothing. */
  public PeerStreamStatus status(String peeringId) {
    Entry entry = entries.get(peeringId);
    return entry == null ? PeerStreamStatus.getDefaultInstance() : entry.status();
  }

  /** An earlier leader heard the other end so long ago. */
  void heardEarlier(String peeringId, long silenceMillis, long nowMillis) {
    earlier.put(
        peeringId,
        new Earlier(
            Math.max(0, nowMillis - silenceMillis),
            nanoClock.getAsLong() - silenceMillis * 1_000_000));
  }

  /** The other end is to be heard from now on. */
  void awaited(String peeringId) {
    awaitedNanos.putIfAbsent(peeringId, nanoClock.getAsLong());
  }

  /** Whether this server heard the other end since it leads. */
  boolean isHeard(String peeringId) {
    return status(peeringId).getLastHeardMillis() > 0;
  }

  /** How long nothing came from the other end; empty where nobody knows of anything. */
  OptionalLong silenceMillis(String peeringId) {
    Entry entry = entries.get(peeringId);
    if (entry != null && entry.status().getLastHeardMillis() > 0) {
      return OptionalLong.of(entry.silenceMillis(nanoClock.getAsLong()));
    }
    Earlier known = earlier.get(peeringId);
    return known == null ? OptionalLong.empty() : OptionalLong.of(millisSince(known));
  }

  private long millisSince(Earlier known) {
    return (nanoClock.getAsLong() - known.heardNanos()) / 1_000_000;
  }

  /** When the other end said last, on the newest stream, that all it had is here; 0: not yet. */
  long allSaidMillis(String peeringId) {
    Entry entry = entries.get(peeringId);
    return entry == null ? 0 : entry.imports().allSaidMillis();
  }

  /** Whether the newest stream brought all anew that is imported. */
  boolean isAllStored(String peeringId) {
    Entry entry = entries.get(peeringId);
    return entry != null && entry.imports().isAllStored();
  }

  /** Which peerings' services are withheld, and since when; by id. */
  void withdrawalsAre(Map<String, Long> sinceMillis) {
    withdrawals = Map.copyOf(sinceMillis);
  }

  /** Whether a stream of the peering is up, as far as this server knows. */
  public boolean isConnected(String peeringId) {
    return status(peeringId).getConnected();
  }

  /** Of which peerings anything is known; by id. */
  Set<String> known() {
    Set<String> ids = new TreeSet<>(entries.keySet());
    ids.addAll(earlier.keySet());
    ids.addAll(withdrawals.keySet());
    ids.addAll(awaitedNanos.keySet());
    return ids;
  }

  /** With receipts, the ages of all imports and where it was dialed: in detail. */
  PeerStreamStatus shown(String id, boolean inDetail) {
    PeerStreamStatus.Builder shown = PeerStreamStatus.newBuilder();
    Entry entry = entries.get(id);
    if (entry != null) {
      shown.mergeFrom(entry.aged(nanoClock.getAsLong()));
      long nowMillis = shown.getLastHeardMillis() + shown.getSilenceMillis();
      ImportAges ages = entry.imports().ages(nowMillis, inDetail);
      if (!ages.equals(ImportAges.getDefaultInstance())) {
        shown.setImports(ages);
      }
      if (inDetail) {
        shown.addAllReceipts(entry.heldReceipts());
      }
    }
    if (inDetail) {
      shown.addAllDialed(dialed.getOrDefault(id, List.of()));
    }
    Refusal refusal = refusals.get(id);
    if (refusal != null) {
      shown.setTokenRefusal(refusal.reason()).setTokenRefusedMillis(refusal.millis());
    }
    shown.setSecretRefusedMillis(secretsRefusedMillis.getOrDefault(id, 0L));
    shown.setStrangerRefusedMillis(strangersRefusedMillis.getOrDefault(id, 0L));
    Earlier known = earlier.get(id);
    if (known != null && shown.getLastHeardMillis() == 0) {
      shown.setLastHeardMillis(known.heardMillis()).setSilenceMillis(millisSince(known));
    }
    Long since = awaitedNanos.get(id);
    if (since != null && shown.getLastHeardMillis() == 0 && !shown.getConnected()) {
      // It may have been silent before, too: an alarm can use no value at all even less.
      shown.setSilenceMillis((nanoClock.getAsLong() - since) / 1_000_000);
    }
    return shown.setWithdrawnSinceMillis(withdrawals.getOrDefault(id, 0L)).build();
  }
}
