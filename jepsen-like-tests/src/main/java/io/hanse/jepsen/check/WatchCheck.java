package io.hanse.jepsen.check;

import io.hanse.jepsen.history.WatchHistory;
import io.hanse.jepsen.history.WatchHistory.Sight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether watchers of a key saw parts of one history: the indexes of none go back, all see the same
 * value at the same index, values stand in the order of their writer, and each saw the last state.
 */
public final class WatchCheck {
  private WatchCheck() {}

  /**
   * What contradicts that, in words; empty: nothing.
   *
   * @param last the state at the end, as read after all was done
   */
  public static List<String> check(WatchHistory history, Sight last) {
    List<String> faults = new ArrayList<>();
    Map<String, Sight> latest = new LinkedHashMap<>();
    SortedMap<Long, String> values = new TreeMap<>();
    values.put(last.modifyIndex(), last.value());
    for (Sight sight : history.sights()) {
      Sight before = latest.put(sight.watcher(), sight);
      if (before != null
          && (before.index() > sight.index() || before.modifyIndex() > sight.modifyIndex())) {
        faults.add("time went back: " + before + " then " + sight);
      }
      String other = values.putIfAbsent(sight.modifyIndex(), sight.value());
      if (other != null && !other.equals(sight.value())) {
        faults.add("two values at one index: " + other + " and " + sight);
      }
    }
    latest.forEach(
        (watcher, sight) -> {
          if (sight.modifyIndex() != last.modifyIndex()) {
            faults.add(watcher + " never saw the last state " + last + ", but " + sight);
          }
        });
    order(history, values, faults);
    return faults;
  }

  private static void order(
      WatchHistory history, SortedMap<Long, String> values, List<String> faults) {
    Map<String, Integer> rank = new LinkedHashMap<>();
    history.writes().forEach(write -> rank.put(write.value(), rank.size()));
    int highest = -1;
    for (Map.Entry<Long, String> each : values.entrySet()) {
      Integer own = rank.get(each.getValue());
      if (own == null) {
        continue;
      }
      if (own < highest) {
        faults.add(each.getValue() + " at " + each.getKey() + " came after a later write");
      }
      highest = Math.max(highest, own);
    }
  }
}
