package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemException;
import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the contents of exported services, those of each once and whenever it changed, and no more
 * at a time than are wanted: what has changed is a name until somebody has use for its content.
 * Used on its loop only.
 */
final class ServiceFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceFeed.class);
  private static final long RETRY_MILLIS = 1_000;

  /** So long a peer may be away until all is read anew for it. */
  private static final long KEPT_MILLIS = 600_000;

  /** Then others that share the thread get their turn. */
  private static final int ASKED_IN_A_ROW = 16;

  /** Takes the content of a service. */
  interface Sink {
    void content(ServiceContent content);

    /** It has these marks, and is not at hand. */
    void unchanged(String name, Content marks);
  }

  /** One name. */
  private final class Watched implements Runnable {
    final ExportedName name;
    SharedService.@Nullable Subscription subscription;
    Runnable cancelRetry = () -> {};
    long dueMillis;
    boolean closed;

    Watched(ExportedName name) {
      this.name = name;
    }

    private SharedService.Subscription subscription() {
      SharedService.Subscription known = subscription;
      if (known == null) {
        known = contents.subscribe(name, this);
        subscription = known;
      }
      return known;
    }

    /** Called by whoever changed the state: only hands over. */
    @Override
    public void run() {
      loop.execute(this::changed);
    }

    /** Gives what is known, or else what there is. */
    void give() {
      boolean isKnown;
      try {
        isKnown = subscription().giveKnown(sink, loop.nowMillis());
      } catch (RuntimeException | Error e) {
        failed(e);
        return;
      }
      if (isKnown) {
        kept.taken(name.name());
      } else {
        read();
      }
    }

    void read() {
      ServiceContent content;
      try {
        content = subscription().read(loop.nowMillis());
      } catch (RuntimeException | Error e) {
        failed(e);
        return;
      }
      kept.taken(name.name());
      sink.content(content);
    }

    /** Whatever it was: nobody would tell of a change of what was not read. */
    private void failed(Throwable failure) {
      reportFailure(name, failure);
      unread.add(this);
      cancelRetry = loop.after(RETRY_MILLIS, this::changed);
    }

    void changed() {
      if (!closed) {
        becomesDue(this);
        if (!asked.contains(this)) {
          due.add(this);
        }
        pump();
      }
    }

    /** Whether what was given is, as far as is known, what there is. */
    boolean isGiven() {
      return !due.contains(this) && !asked.contains(this) && !unread.contains(this);
    }

    void close() {
      closed = true;
      cancelRetry.run();
      if (subscription != null) {
        subscription.close();
        subscription = null;
      }
      due.remove(this);
      asked.remove(this);
      unread.remove(this);
    }
  }

  private final Loop loop;
  private final ExportedContents contents;
  private final KeptOffers.OfPeering kept;
  private final BooleanSupplier hasRoom;
  private final Sink sink;
  private final Map<String, Watched> watched = new TreeMap<>();
  private final Set<Watched> due = new LinkedHashSet<>();

  /** Those of them that somebody waits for. */
  private final Set<Watched> asked = new LinkedHashSet<>();

  /** Those that could not be read, and are tried again. */
  private final Set<Watched> unread = new LinkedHashSet<>();

  /** Reads that failed since all could be read. */
  private final Tally failures = new Tally(1);

  private boolean pumping;
  private boolean scheduled;

  /**
   * Gives nothing yet.
   *
   * @param kept what the stream before this one offered
   * @param hasRoom whether contents are wanted; {@link #pump} once they are again
   */
  ServiceFeed(
      Loop loop,
      ExportedContents contents,
      KeptOffers.OfPeering kept,
      BooleanSupplier hasRoom,
      Sink sink) {
    this.loop = loop;
    this.contents = contents;
    this.kept = kept;
    this.hasRoom = hasRoom;
    this.sink = sink;
  }

  /** Answers the names that are no more in the set, which are given no more. */
  List<String> keepOnly(Set<String> names) {
    kept.keepOnly(names);
    List<String> dropped = new ArrayList<>();
    Iterator<Watched> all = watched.values().iterator();
    while (all.hasNext()) {
      Watched one = all.next();
      if (!names.contains(one.name.name())) {
        one.close();
        all.remove();
        dropped.add(one.name.name());
      }
    }
    return dropped;
  }

  /** Begins to give the content of a service, if it is not given already. */
  void add(ExportedName name) {
    if (!watched.containsKey(name.name())) {
      Watched added = new Watched(name);
      watched.put(name.name(), added);
      becomesDue(added);
      due.add(added);
    }
  }

  /** The content is wanted although it may not have changed, before all that is due by itself. */
  void again(String name) {
    Watched one = watched.get(name);
    if (one != null) {
      becomesDue(one);
      due.remove(one);
      asked.add(one);
      schedule();
    }
  }

  /** What is due of these names comes last, in their order. */
  void inOrder(List<String> names) {
    for (String name : names) {
      Watched one = watched.get(name);
      if (one != null && due.remove(one)) {
        due.add(one);
      }
    }
  }

  /** Gives what is due, as long as it is wanted. */
  void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      for (int i = 0; i < ASKED_IN_A_ROW && isDue() && hasRoom.getAsBoolean(); i++) {
        boolean isAsked = !asked.isEmpty();
        Iterator<Watched> first = (isAsked ? asked : due).iterator();
        Watched next = first.next();
        first.remove();
        if (isAsked) {
          next.read();
        } else {
          next.give();
        }
      }
    } finally {
      pumping = false;
    }
    if (!isDue() && unread.isEmpty()) {
      failures.reset();
    }
    if (isDue() && hasRoom.getAsBoolean()) {
      schedule();
    }
  }

  /** Where thousands can't be read, each of them each second, the log tells how many. */
  private void reportFailure(ExportedName name, Throwable failure) {
    if (!failures.add()) {
      return;
    }
    if (failure instanceof ProblemException) {
      LOG.warn(
          "service not read, trying again peer={} service={} failures={} cause={}",
          name.peer(),
          name.name(),
          failures.times(),
          failure.getMessage());
    } else {
      LOG.error(
          "service not read, trying again peer={} service={} failures={}",
          name.peer(),
          name.name(),
          failures.times(),
          failure);
    }
  }

  private boolean isDue() {
    return !asked.isEmpty() || !due.isEmpty();
  }

  /** It is due from now on, unless it was before. */
  private void becomesDue(Watched one) {
    if (unread.remove(one)) {
      // Else it is given again without need.
      one.cancelRetry.run();
    } else if (!due.contains(one) && !asked.contains(one)) {
      one.dueMillis = loop.nowMillis();
    }
  }

  /** All contents that there were at this time were given, or newer ones. */
  long asOfMillis() {
    long oldest = loop.nowMillis();
    for (Set<Watched> waiting : List.of(due, asked, unread)) {
      for (Watched one : waiting) {
        oldest = Math.min(oldest, one.dueMillis);
      }
    }
    return oldest;
  }

  /** Whether all was given but what can't be read now. */
  boolean isRestUnread() {
    return !isDue() && !unread.isEmpty();
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(
          () -> {
            scheduled = false;
            pump();
          });
    }
  }

  /**
   * Leaves to the next stream what was given and has not changed since. What has no marks would
   * have to be read for it all the same.
   */
  void handOver() {
    Map<String, SharedService.Subscription> offers = new TreeMap<>();
    for (Watched one : watched.values()) {
      SharedService.Subscription subscription = one.subscription;
      if (subscription != null && one.isGiven() && subscription.isKnownByMarks()) {
        offers.put(one.name.name(), subscription);
        one.subscription = null;
      }
    }
    if (!offers.isEmpty()) {
      loop.after(KEPT_MILLIS, kept.keep(offers));
      // Perhaps no stream is left that would do it.
      loop.after(ContentShelf.UNUSED_MILLIS + 1, () -> contents.clean(loop.nowMillis()));
    }
  }

  void close() {
    watched.values().forEach(Watched::close);
    watched.clear();
  }
}
