package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Hold;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether a lock excluded, and whether its fence grew from each holder to the next. */
public final class LockCheck {
  private LockCheck() {}

  /** What contradicts that, in words; empty: nothing. */
  public static List<String> check(List<Hold> holds) {
    List<String> faults = new ArrayList<>();
    Map<String, List<Hold>> byLock =
        holds.stream()
            .collect(Collectors.groupingBy(Hold::lock, TreeMap::new, Collectors.toList()));
    for (List<Hold> ofOne : byLock.values()) {
      ofOne.sort(Comparator.comparingLong(Hold::fromNanos));
      Hold longest = null;
      Hold fenced = null;
      for (Hold hold : ofOne) {
        if (longest != null && longest.untilNanos() > hold.fromNanos()) {
          faults.add("two held at once: " + longest + " and " + hold);
        }
        if (longest == null || hold.untilNanos() > longest.untilNanos()) {
          longest = hold;
        }
        if (hold.fence() > 0) {
          if (fenced != null && fenced.fence() >= hold.fence()) {
            faults.add("the fence did not grow: " + fenced + " then " + hold);
          }
          fenced = hold;
        }
      }
    }
    return faults;
  }
}
