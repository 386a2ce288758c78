package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.peering.protocol.Content;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a stream that broke leaves to the next one of its peering: marks of the contents that it
 * offered, and the watches that tell whether these are still what there is. So a link that comes
 * back costs what has changed, not what is exported. Kept while this server leads and the peering
 * lasts, but not for a peer that stays away: watches cost memory. Safe from any thread.
 */
public final class KeptOffers {
  /** A watch that may change hands, and remembers that it was woken. Safe from any thread. */
  static final class Watch {
    private @Nullable Runnable listener;
    private boolean woken;
    private boolean closed;
    private volatile Runnable end = () -> {};

    private Watch(Runnable listener) {
      this.listener = listener;
    }

    /** Tells the listener once that something of what was read has changed. */
    static Watch open(StateReader state, ReadSet reads, long index, Runnable listener) {
      Watch watch = new Watch(listener);
      watch.end = state.watch(reads, index, watch::wake);
      return watch;
    }

    private void wake() {
      Runnable told;
      synchronized (this) {
        woken = true;
        told = listener;
      }
      if (told != null) {
        told.run();
      }
    }

    /** Another one is told from now on; answers whether there is something left to be told. */
    synchronized boolean passTo(@Nullable Runnable next) {
      listener = next;
      return !woken && !closed;
    }

    void close() {
      synchronized (this) {
        closed = true;
        listener = null;
      }
      end.run();
    }
  }

  /** What was offered of one name last. */
  record Offer(Content content, Watch watch) {}

  /** Those of one peering. */
  static final class OfPeering {
    private final Map<String, Offer> offers = new TreeMap<>();

    /** The peering is over, or this server's leadership: nothing is kept any more. */
    private boolean isOver;

    /** How often something was left. */
    private long leavings;

    /**
     * Keeps what a stream offered, by name, in the place of what was kept of these names.
     *
     * @return gives it up, unless a later stream has left something as well
     */
    Runnable keep(Map<String, Offer> left) {
      List<Offer> useless = new ArrayList<>();
      long number;
      synchronized (this) {
        number = ++leavings;
        left.forEach(
            (name, offer) -> {
              boolean isOfUse = offer.watch().passTo(null) && !isOver;
              Offer replaced = isOfUse ? offers.put(name, offer) : offer;
              if (replaced != null) {
                useless.add(replaced);
              }
            });
      }
      close(useless);
      return () -> giveUp(number);
    }

    private void giveUp(long number) {
      List<Offer> left;
      synchronized (this) {
        left = number == leavings ? drain() : List.of();
      }
      close(left);
    }

    private List<Offer> drain() {
      List<Offer> all = List.copyOf(offers.values());
      offers.clear();
      return all;
    }

    /** These names are exported, and no others. */
    void keepOnly(Set<String> names) {
      List<Offer> gone = new ArrayList<>();
      synchronized (this) {
        Set<String> others = new TreeSet<>(offers.keySet());
        others.removeAll(names);
        others.forEach(name -> gone.add(offers.remove(name)));
      }
      close(gone);
    }

    /** Hands out what was offered of a name, unless it has changed since: then it is to be read. */
    @Nullable Offer take(String name, Runnable listener) {
      Offer offer;
      synchronized (this) {
        offer = offers.remove(name);
      }
      if (offer == null || offer.watch().passTo(listener)) {
        return offer;
      }
      offer.watch().close();
      return null;
    }

    private void end() {
      List<Offer> left;
      synchronized (this) {
        isOver = true;
        left = drain();
      }
      close(left);
    }

    private static void close(List<Offer> offers) {
      offers.forEach(offer -> offer.watch().close());
    }
  }

  private final Map<String, OfPeering> peerings = new TreeMap<>();

  synchronized OfPeering of(String peeringId) {
    return peerings.computeIfAbsent(peeringId, id -> new OfPeering());
  }

  /** The peering is over. What a stream of it still leaves is given up as well. */
  void forget(String peeringId) {
    OfPeering ended;
    synchronized (this) {
      ended = peerings.remove(peeringId);
    }
    if (ended != null) {
      ended.end();
    }
  }

  /** This server leads no more. */
  void clear() {
    List<String> all;
    synchronized (this) {
      all = List.copyOf(peerings.keySet());
    }
    all.forEach(this::forget);
  }
}
