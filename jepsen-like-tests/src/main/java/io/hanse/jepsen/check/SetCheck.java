package io.hanse.jepsen.check;

import io.hanse.jepsen.history.SetHistory;
import io.hanse.jepsen.history.SetHistory.Addition;
import io.hanse.jepsen.history.SetHistory.Look;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether a set that only grows did: a look sees each element whose addition was acknowledged, or
 * that another look saw, before it began, and none that nobody began to add before it ended.
 */
public final class SetCheck {
  private SetCheck() {}

  /** What contradicts that, in words; empty: nothing. */
  public static List<String> check(SetHistory history) {
    Map<Integer, List<Addition>> additions =
        history.additions().stream().collect(Collectors.groupingBy(Addition::set));
    Map<Integer, List<Look>> looks =
        history.looks().stream().collect(Collectors.groupingBy(Look::set));
    List<String> faults = new ArrayList<>();
    looks.forEach(
        (set, ofIt) -> faults.addAll(check(additions.getOrDefault(set, List.of()), ofIt)));
    return faults;
  }

  private static List<String> check(List<Addition> additions, List<Look> looks) {
    Map<String, Long> begun = new HashMap<>();
    Map<String, Long> knownSince = new HashMap<>();
    for (Addition addition : additions) {
      begun.put(addition.element(), addition.callNanos());
      if (addition.isAcknowledged()) {
        knownSince.put(addition.element(), addition.returnNanos());
      }
    }
    for (Look look : looks) {
      for (String element : look.elements()) {
        knownSince.merge(element, look.returnNanos(), Math::min);
      }
    }
    List<String> faults = new ArrayList<>();
    for (Look look : looks) {
      knownSince.forEach(
          (element, since) -> {
            if (since < look.callNanos() && !look.elements().contains(element)) {
              faults.add(
                  "%s, known since %d, is lost to the look of [%d, %d]"
                      .formatted(element, since, look.callNanos(), look.returnNanos()));
            }
          });
      for (String element : look.elements()) {
        Long call = begun.get(element);
        if (call == null || call > look.returnNanos()) {
          faults.add(
              "%s was seen by %d, before anybody added it".formatted(element, look.returnNanos()));
        }
      }
    }
    return faults;
  }
}
