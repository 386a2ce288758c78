package io.hanse.peering.replication;

import io.hanse.peering.protocol.Content;
import io.hanse.peering.protocol.ServiceContent;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contents at hand for the next peer that wants them: those used last, bounded in bytes, and none
 * for long. Of one that is put away its marks remain with who placed it. Safe from any thread.
 */
final class ContentShelf {
  /** Peers that are sent the same at about the same time are this close to each other. */
  private static final int BYTES_MAX = 8 << 20;

  static final long UNUSED_MILLIS = 5_000;

  /** The place of one content. Its marks take little: they stay. */
  static final class Place {
    private @Nullable ServiceContent content;
    private @Nullable Content marks;

    synchronized @Nullable ServiceContent content() {
      return content;
    }

    synchronized @Nullable Content marks() {
      return content == null || content.marksIfMade() == null ? marks : content.marksIfMade();
    }

    /** Marks of what was there before are not those of the next. */
    private synchronized void fill(ServiceContent next) {
      marks = null;
      content = next;
    }

    private synchronized void empty() {
      marks = marks();
      content = null;
    }
  }

  private record Use(int bytes, long millis) {}

  /** That which was used longest ago comes first. */
  private final Map<Place, Use> used = new LinkedHashMap<>();

  private final int bytesMax;
  private long bytes;

  ContentShelf() {
    this(BYTES_MAX);
  }

  ContentShelf(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  synchronized void put(Place place, ServiceContent content, long nowMillis) {
    place.fill(content);
    use(place, content, nowMillis);
    Iterator<Map.Entry<Place, Use>> oldest = used.entrySet().iterator();
    while (bytes > bytesMax) {
      putAway(oldest);
    }
  }

  /** What is there is wanted. */
  synchronized @Nullable ServiceContent take(Place place, long nowMillis) {
    ServiceContent content = place.content();
    if (content != null) {
      use(place, content, nowMillis);
    }
    return content;
  }

  private void use(Place place, ServiceContent content, long nowMillis) {
    forget(place);
    used.put(place, new Use(content.bytes(), nowMillis));
    bytes += content.bytes();
  }

  private void forget(Place place) {
    Use before = used.remove(place);
    if (before != null) {
      bytes -= before.bytes();
    }
  }

  private void putAway(Iterator<Map.Entry<Place, Use>> next) {
    Map.Entry<Place, Use> entry = next.next();
    entry.getKey().empty();
    bytes -= entry.getValue().bytes();
    next.remove();
  }

  /** It will not be asked for any more. */
  synchronized void remove(Place place) {
    forget(place);
    place.empty();
  }

  /** Puts away what was not used lately. */
  synchronized void clean(long nowMillis) {
    Iterator<Map.Entry<Place, Use>> oldest = used.entrySet().iterator();
    for (long old = count(nowMillis); old > 0; old--) {
      putAway(oldest);
    }
  }

  private long count(long nowMillis) {
    return used.values().stream()
        .takeWhile(use -> nowMillis - use.millis() > UNUSED_MILLIS)
        .count();
  }

  synchronized long bytes() {
    return bytes;
  }
}
