package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.peering.protocol.Content;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * What a stream that broke leaves to the next one of its peering: marks of the contents that it
 * offered, and the watches that tell whether these are still what there is. So a link that comes
 * back costs what has changed, not what is exported. Kept while this server leads.
 */
public final class KeptOffers {
  /** A watch that may change hands, and remembers that it was woken. Safe from any thread. */
  static final class Watch {
    private @Nullable Runnable listener;
    private boolean woken;
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
      return !woken;
    }

    void close() {
      passTo(null);
      end.run();
    }
  }

  /** What was offered of one name last. */
  record Offer(Content content, Watch watch) {}

  /** Those of one peering. */
  final class OfPeering {
    private final String peeringId;

    private OfPeering(String peeringId) {
      this.peeringId = peeringId;
    }

    /** Keeps what a stream offered, by name; what an earlier one left is given up. */
    void keep(Map<String, Offer> offers) {
      Map<String, Offer> kept = new ConcurrentSkipListMap<>(offers);
      kept.values().removeIf(offer -> !offer.watch().passTo(null));
      close(peerings.put(peeringId, kept));
    }

    /** Hands out what was offered of a name, unless it has changed since: then it is to be read. */
    @Nullable Offer take(String name, Runnable listener) {
      Map<String, Offer> kept = peerings.get(peeringId);
      Offer offer = kept == null ? null : kept.remove(name);
      return offer != null && offer.watch().passTo(listener) ? offer : null;
    }
  }

  private final Map<String, Map<String, Offer>> peerings = new ConcurrentSkipListMap<>();

  OfPeering of(String peeringId) {
    return new OfPeering(peeringId);
  }

  /** Gives up what is left of a peering. */
  void forget(String peeringId) {
    close(peerings.remove(peeringId));
  }

  void clear() {
    peerings.keySet().forEach(this::forget);
  }

  private static void close(@Nullable Map<String, Offer> offers) {
    if (offers != null) {
      offers.values().forEach(offer -> offer.watch().close());
    }
  }
}
