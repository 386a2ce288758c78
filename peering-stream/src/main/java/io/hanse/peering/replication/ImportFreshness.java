package io.hanse.peering.replication;

import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.proto.AsOf;
import io.hanse.peering.proto.ImportAge;
import io.hanse.peering.proto.ImportAges;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Remembers of each imported service when it was known last to be as the other cluster has it, over
 * all streams of a peering. A Consul sends everything anew on each stream: what came on the newest
 * one is as of the last sign of life. Another Hanse says as of when all is there. Of both, what is
 * refused, or received and not stored yet, is as old as it was before. Safe for use by several
 * threads.
 */
final class ImportFreshness {
  /** Of so many it is told that they are not sent. */
  private static final int UNSENT_MAX = 1_000;

  /** Of so many it is known how old they are; a Consul may name any before it lists them. */
  private static final int NAMES_MAX = 1 << 18;

  /** When a service was confirmed by itself; 0: never. */
  private final Map<String, Long> own = new TreeMap<>();

  /** To which nothing applies that is said of all. */
  private final Set<String> behind = new TreeSet<>();

  private final Set<String> refused = new TreeSet<>();

  /** Of which a newer content is here that is not stored yet. */
  private final Set<String> waiting = new TreeSet<>();

  /** Since when the other end says of each that it can't send what it has of it. */
  private final Map<String, Long> unsentMillis = new TreeMap<>();

  private long allMillis;
  private long allSaidMillis;

  /** A stream begins: what is held is not known to be right any more. */
  synchronized void begin(Collection<String> held) {
    own.keySet().forEach(this::freeze);
    own.keySet().retainAll(held);
    held.forEach(this::add);
    behind.clear();
    behind.addAll(own.keySet());
    refused.clear();
    waiting.clear();
    unsentMillis.clear();
    allSaidMillis = 0;
  }

  /** The names that there are, from an exporter that lists them. */
  private void namesAre(Collection<String> names) {
    own.keySet().retainAll(names);
    behind.retainAll(names);
    refused.retainAll(names);
    waiting.retainAll(names);
    for (String name : names) {
      if (!own.containsKey(name)) {
        arrived(name);
      }
    }
  }

  private void add(String name) {
    if (own.size() < NAMES_MAX && !name.endsWith(PeerResources.TWIN_SUFFIX)) {
      own.putIfAbsent(name, 0L);
    }
  }

  private void freeze(String name) {
    if (!behind.contains(name)) {
      own.computeIfPresent(name, (same, millis) -> Math.max(millis, allMillis));
    }
  }

  /**
   * A message of the other end.
   *
   * @param inChanges it is a Hanse, and its silence about a service says nothing
   */
  void heard(ReplicationMessage message, boolean inChanges, long nowMillis) {
    if (message.getExtended().hasCurrent()) {
      allIsHere(nowMillis, nowMillis, message.getExtended().getCurrent().getUnsentList());
    } else if (message.getExtended().hasAsOf()) {
      AsOf asOf = message.getExtended().getAsOf();
      allIsHere(nowMillis - asOf.getAgeMillis(), nowMillis, asOf.getUnsentList());
    } else if (!inChanges) {
      heard(nowMillis);
    }
  }

  /** The other end is there: nothing of what it sent on this stream has changed since. */
  synchronized void heard(long nowMillis) {
    allMillis = nowMillis;
  }

  /**
   * The other end says that all it had at a time is stored here, but what was refused. Of what
   * waits the content that is stored was right then.
   *
   * @param unsent names of which it has something newer that it can't send
   */
  synchronized void allIsHere(long asOfMillis, long nowMillis, Collection<String> unsent) {
    long asOf = Math.max(0, Math.min(asOfMillis, nowMillis));
    Set<String> excepted = new TreeSet<>(refused);
    unsentMillis.keySet().retainAll(new TreeSet<>(unsent));
    unsent.stream().limit(UNSENT_MAX).forEach(name -> unsentMillis.putIfAbsent(name, nowMillis));
    for (String name : unsent) {
      if (own.containsKey(name)) {
        freeze(name);
        behind.add(name);
        excepted.add(name);
      }
    }
    for (String name : behind) {
      if (!excepted.contains(name)) {
        own.computeIfPresent(name, (same, millis) -> Math.max(millis, asOf));
      }
    }
    behind.removeIf(name -> !excepted.contains(name) && !waiting.contains(name));
    allMillis = Math.max(allMillis, asOf);
    allSaidMillis = Math.max(allSaidMillis, asOf);
  }

  /** As of when that was said last on the newest stream; 0: not yet. */
  synchronized long allSaidMillis() {
    return allSaidMillis;
  }

  /** Whether all that is held was confirmed, or refused, since the stream began. */
  synchronized boolean isAllStored() {
    return refused.containsAll(behind);
  }

  /** A newer content is here, and not stored yet. */
  synchronized void arrived(String name) {
    add(name);
    if (own.containsKey(name)) {
      freeze(name);
      behind.add(name);
      waiting.add(name);
    }
  }

  /** Takes what a Consul sends: a service, or the list of them, or what is no matter here. */
  synchronized void arrived(Effect.Import received) {
    if (received.type().equals(PeerResources.SERVICE)) {
      arrived(received.id());
    }
  }

  /** What became of it. */
  synchronized void stored(Effect.Import received, Optional<String> problem, long nowMillis) {
    boolean isList = received.type().equals(PeerResources.SERVICE_LIST);
    if (received.type().equals(PeerResources.SERVICE)) {
      if (problem.isPresent()) {
        refused(received.id());
      } else {
        stored(received.id(), nowMillis);
      }
    } else if (isList && problem.isEmpty()) {
      namesAre(PeerResources.namesIn(received.payload()));
    }
  }

  /** What became of changes. */
  synchronized void stored(
      List<ImportChange> changes, ChangeIntake.Outcome outcome, long nowMillis) {
    for (int i = 0; i < changes.size(); i++) {
      String name = changes.get(i).getService();
      if (outcome.refusals().containsKey(i)) {
        refused(name);
      } else if (changes.get(i).getGone()) {
        gone(name);
      } else if (!outcome.misfits().contains(i)) {
        stored(name, nowMillis);
      }
    }
  }

  private void stored(String name, long nowMillis) {
    if (own.computeIfPresent(name, (same, millis) -> nowMillis) != null) {
      behind.remove(name);
      refused.remove(name);
      waiting.remove(name);
    }
  }

  private void refused(String name) {
    if (own.containsKey(name)) {
      refused.add(name);
    }
    waiting.remove(name);
  }

  private void gone(String name) {
    own.remove(name);
    behind.remove(name);
    refused.remove(name);
    waiting.remove(name);
  }

  /**
   * What is to be told.
   *
   * @param isWhole each service, too
   */
  synchronized ImportAges ages(long nowMillis, boolean isWhole) {
    ImportAges.Builder ages = ImportAges.newBuilder().putAllUnsent(unsentMillis);
    long oldest = Long.MAX_VALUE;
    for (Map.Entry<String, Long> service : own.entrySet()) {
      String name = service.getKey();
      long millis = service.getValue();
      if (!behind.contains(name)) {
        millis = Math.max(millis, allMillis);
      }
      if (millis == 0) {
        ages.setUnconfirmed(ages.getUnconfirmed() + 1);
      } else {
        ages.setConfirmed(ages.getConfirmed() + 1);
        oldest = Math.min(oldest, millis);
      }
      if (isWhole) {
        ages.addServices(ImportAge.newBuilder().setService(name).setConfirmedMillis(millis));
      }
    }
    if (ages.getConfirmed() > 0) {
      ages.setOldestAgeMillis(Math.max(0, nowMillis - oldest));
    }
    return ages.build();
  }
}
