package io.hanse.peering.replication;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a stream that broke leaves to the next one of its peering: that marks of the contents that
 * it offered are known, and watched. So a link that comes back costs what has changed, not what is
 * exported. Kept while this server leads and the peering lasts, but not for a peer that stays away:
 * watches cost memory. Safe from any thread.
 */
public final class KeptOffers {
  /** Those of one peering. */
  static final class OfPeering {
    private final Map<String, SharedService.Subscription> kept = new TreeMap<>();

    /** The peering is over, or this server's leadership: nothing is kept any more. */
    private boolean isOver;

    /** How often something was left. */
    private long leavings;

    /**
     * Keeps what a stream offered, by name, in the place of what was kept of these names.
     *
     * @return gives it up, unless a later stream has left something as well
     */
    Runnable keep(Map<String, SharedService.Subscription> left) {
      left.values().forEach(SharedService.Subscription::keep);
      List<SharedService.Subscription> useless = new ArrayList<>();
      long number;
      synchronized (this) {
        number = ++leavings;
        left.forEach(
            (name, offer) -> {
              SharedService.Subscription replaced = isOver ? offer : kept.put(name, offer);
              if (replaced != null) {
                useless.add(replaced);
              }
            });
      }
      close(useless);
      return () -> giveUp(number);
    }

    private void giveUp(long number) {
      List<SharedService.Subscription> left;
      synchronized (this) {
        left = number == leavings ? drain() : List.of();
      }
      close(left);
    }

    private List<SharedService.Subscription> drain() {
      List<SharedService.Subscription> all = List.copyOf(kept.values());
      kept.clear();
      return all;
    }

    /** These names are exported, and no others. */
    void keepOnly(Set<String> names) {
      List<SharedService.Subscription> gone = new ArrayList<>();
      synchronized (this) {
        Set<String> others = new TreeSet<>(kept.keySet());
        others.removeAll(names);
        others.forEach(name -> gone.add(kept.remove(name)));
      }
      close(gone);
    }

    /** A stream has been given the content of a name, and keeps it known itself. */
    void taken(String name) {
      List<SharedService.Subscription> taken = new ArrayList<>(1);
      synchronized (this) {
        SharedService.Subscription one = kept.remove(name);
        if (one != null) {
          taken.add(one);
        }
      }
      close(taken);
    }

    private void end() {
      List<SharedService.Subscription> left;
      synchronized (this) {
        isOver = true;
        left = drain();
      }
      close(left);
    }

    private static void close(Collection<SharedService.Subscription> offers) {
      offers.forEach(SharedService.Subscription::close);
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
