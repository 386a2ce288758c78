package io.hanse.peering.protocol;

import io.hanse.fsm.row.ImportChange;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes that wait to be sent, the newest of each name, and those sent and not answered. Both are
 * bounded in bytes; one change may go beyond.
 */
final class ChangeQueue<O> {
  /** Of one message: some thousand instances, that an importer stores in one step. */
  private static final int MESSAGE_BYTES_MAX = 256 << 10;

  private static final int WAITING_BYTES_MAX = 512 << 10;
  private static final int SENT_BYTES_MAX = 2 << 20;
  private static final int SENT_MAX = 8;

  /**
   * A change with what it is about.
   *
   * @param content after it; null: none
   */
  record Item<O>(O owner, ImportChange change, @Nullable Content content, int bytes) {}

  private record Sent<O>(List<Item<O>> items, int bytes, long sentMillis) {}

  private final Map<String, Item<O>> waiting = new LinkedHashMap<>();
  private final Map<Long, Sent<O>> sent = new LinkedHashMap<>();
  private int waitingBytes;
  private int sentBytes;
  private int sentItems;

  boolean hasRoom() {
    return waitingBytes < WAITING_BYTES_MAX;
  }

  /**
   * Behind all that wait, and not in the place of an earlier one of the name: services share rows,
   * so what was read first has to be stored first.
   */
  void put(String name, O owner, ImportChange change, @Nullable Content content) {
    drop(name);
    int bytes = change.getSerializedSize();
    waiting.put(name, new Item<>(owner, change, content, bytes));
    waitingBytes += bytes;
  }

  void drop(String name) {
    Item<O> dropped = waiting.remove(name);
    if (dropped != null) {
      waitingBytes -= dropped.bytes();
    }
  }

  /** Takes what goes into one message, as of now on its way under a number. */
  List<Item<O>> take(long number, long nowMillis) {
    List<Item<O>> taken = new ArrayList<>();
    if (waiting.isEmpty() || sent.size() >= SENT_MAX || sentBytes >= SENT_BYTES_MAX) {
      return taken;
    }
    int bytes = 0;
    Iterator<Item<O>> all = waiting.values().iterator();
    while (all.hasNext()) {
      Item<O> item = all.next();
      if (!taken.isEmpty() && bytes + item.bytes() > MESSAGE_BYTES_MAX) {
        break;
      }
      all.remove();
      taken.add(item);
      bytes += item.bytes();
    }
    waitingBytes -= bytes;
    sentBytes += bytes;
    sentItems += taken.size();
    sent.put(number, new Sent<>(taken, bytes, nowMillis));
    return taken;
  }

  /** What went under a number; nothing for one that is not on its way. */
  List<Item<O>> answered(long number) {
    Sent<O> answered = sent.remove(number);
    if (answered == null) {
      return List.of();
    }
    sentBytes -= answered.bytes();
    sentItems -= answered.items().size();
    return answered.items();
  }

  /** Services on their way. */
  int unanswered() {
    return sentItems;
  }

  /** Since when; 0 for none. */
  long oldestMillis() {
    Iterator<Sent<O>> all = sent.values().iterator();
    return all.hasNext() ? all.next().sentMillis() : 0;
  }
}
