package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exported name, read, marked and watched once for all peers that it goes to. Whoever reads
 * while the watch was not woken joins it: of what it watches nothing has changed, so that the same
 * was read, for whichever peer. Reads come one after the other, so none is older than one before.
 * Safe from any thread.
 */
final class SharedService {
  private static final Logger LOG = LoggerFactory.getLogger(SharedService.class);

  /** What the watch is about, and those who are told when it is woken: each once. */
  private static final class Reading {
    /** By peer. Guarded by the service. */
    final Map<String, ContentShelf.Place> places = new TreeMap<>();

    private final Set<Subscription> joined = new LinkedHashSet<>();
    private boolean woken;
    private volatile Runnable end = () -> {};

    /** Called where changes are made known: waits for nobody who reads. */
    void wake() {
      List<Subscription> told;
      synchronized (this) {
        woken = true;
        told = List.copyOf(joined);
        joined.clear();
      }
      told.forEach(Subscription::tell);
    }

    synchronized boolean isWoken() {
      return woken;
    }

    /** Answers whether it will be told; else something has changed already. */
    synchronized boolean join(Subscription one) {
      if (!woken) {
        joined.add(one);
      }
      return !woken;
    }

    synchronized void leave(Subscription one) {
      joined.remove(one);
    }

    synchronized boolean has(Subscription one) {
      return joined.contains(one);
    }
  }

  private final StateReader state;
  private final ContentShelf shelf;
  private final Runnable left;

  /** How many have use for the content that a peer is given. */
  private final Map<String, Integer> users = new TreeMap<>();

  private @Nullable Reading reading;

  /**
   * Nothing is known of it yet.
   *
   * @param left is called at the end of each subscription
   */
  SharedService(StateReader state, ContentShelf shelf, Runnable left) {
    this.state = state;
    this.shelf = shelf;
    this.left = left;
  }

  /** What one stream has of it. To be used by one thread at a time. */
  static final class Subscription {
    private final SharedService service;
    private final ExportedName name;
    private volatile @Nullable Runnable listener;
    private volatile @Nullable Reading joined;

    /** It was told of nothing yet. */
    Subscription(SharedService service, ExportedName name, Runnable listener) {
      this.service = service;
      this.name = name;
      this.listener = listener;
      service.enter(name.peer());
    }

    private void tell() {
      Runnable told = listener;
      if (told != null) {
        told.run();
      }
    }

    private boolean join(Reading next) {
      leave();
      joined = next;
      return next.join(this);
    }

    private void leave() {
      Reading before = joined;
      if (before != null) {
        before.leave(this);
      }
    }

    /**
     * Gives what is known to be the content still, without a look at the state. From then on the
     * listener is told once of a change.
     *
     * @return whether there was any
     */
    boolean giveKnown(ServiceFeed.Sink sink, long nowMillis) {
      ServiceContent content;
      Content marks;
      synchronized (service) {
        ContentShelf.Place place = service.place(name);
        if (place == null) {
          return false;
        }
        content = service.shelf.take(place, nowMillis);
        marks = place.marks();
        Reading current = service.reading;
        boolean isKnown = content != null || marks != null;
        if (!isKnown || current == null || !join(current)) {
          return false;
        }
      }
      if (content != null) {
        sink.content(content);
      } else if (marks != null) {
        sink.unchanged(name.name(), marks);
      }
      return true;
    }

    /**
     * The content as it is now. The listener is told once of a change since.
     *
     * @throws ProblemException it cannot be read, or not be watched
     */
    ServiceContent read(long nowMillis) {
      ServiceContent content;
      boolean isCurrent;
      synchronized (service) {
        content = service.contentNow(name, nowMillis);
        Reading current = service.reading;
        isCurrent = current != null && join(current);
      }
      if (!isCurrent) {
        tell();
      }
      return content;
    }

    /** Whether what was given last is the content still, as far as is known, and has marks. */
    boolean isKnownByMarks() {
      Reading current = joined;
      if (current == null || !current.has(this)) {
        return false;
      }
      synchronized (service) {
        ContentShelf.Place place = service.place(name);
        return place != null && place.marks() != null;
      }
    }

    /** Nobody is told any more; what is known of the service is kept until the end. */
    void keep() {
      listener = null;
    }

    void close() {
      listener = null;
      leave();
      service.leave(name.peer());
      service.left.run();
    }
  }

  private synchronized void enter(String peer) {
    users.merge(peer, 1, Integer::sum);
  }

  /** A peer that nobody has use for takes no place, though others use the name. */
  private synchronized void leave(String peer) {
    boolean isLast = users.merge(peer, -1, Integer::sum) == 0;
    if (isLast) {
      users.remove(peer);
      ContentShelf.Place place = reading == null ? null : reading.places.remove(peer);
      if (place != null) {
        shelf.remove(place);
      }
    }
  }

  private ContentShelf.@Nullable Place place(ExportedName name) {
    Reading current = reading;
    return current == null || current.isWoken() ? null : current.places.get(name.peer());
  }

  private ServiceContent contentNow(ExportedName name, long nowMillis) {
    ContentShelf.Place known = place(name);
    ServiceContent there = known == null ? null : shelf.take(known, nowMillis);
    if (there != null) {
      return there;
    }
    List<ExportedInstance> read;
    ReadSet reads;
    long index;
    try (View view = state.view()) {
      ExportResolver resolver =
          new ExportResolver(view, reason -> LOG.warn("instance withheld cause={}", reason));
      read = name.content(resolver);
      reads = view.reads();
      index = view.readIndex();
    }
    Content likely = marksBefore(name.peer());
    Reading current = reading;
    if (current == null || current.isWoken()) {
      current = open(reads, index);
    }
    ServiceContent content = new ServiceContent(name.name(), read, index, likely);
    ContentShelf.Place place =
        current.places.computeIfAbsent(name.peer(), peer -> new ContentShelf.Place());
    shelf.put(place, content, nowMillis);
    return content;
  }

  private @Nullable Content marksBefore(String peer) {
    Reading before = reading;
    ContentShelf.Place place = before == null ? null : before.places.get(peer);
    return place == null ? null : place.marks();
  }

  /** The earlier one was woken. */
  private Reading open(ReadSet reads, long index) {
    Reading next = new Reading();
    next.end = state.watch(reads, index, next::wake);
    end();
    reading = next;
    return next;
  }

  /** Nobody has use for it any more. */
  synchronized void end() {
    Reading last = reading;
    if (last != null) {
      last.end.run();
      last.places.values().forEach(shelf::remove);
      reading = null;
    }
  }
}
