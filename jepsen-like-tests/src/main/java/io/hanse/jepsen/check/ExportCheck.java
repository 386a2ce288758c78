package io.hanse.jepsen.check;

import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Sight;
import io.hanse.jepsen.history.ExportHistory.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether an importing cluster shows only what the exporting one had and exports: no state that
 * nobody wrote or that is half another one, nothing of a service that is not exported, no state
 * after a later one, and none that was replaced longer ago than a bound.
 */
public final class ExportCheck {
  private final Predicate<String> isExported;
  private final long staleNanosMax;
  private final List<String> faults = new ArrayList<>();

  private ExportCheck(Predicate<String> isExported, Duration staleMax) {
    this.isExported = isExported;
    this.staleNanosMax = staleMax.toNanos();
  }

  /** What contradicts that, in words; empty: nothing. */
  public static List<String> check(
      ExportHistory history, Predicate<String> isExported, Duration staleMax) {
    ExportCheck check = new ExportCheck(isExported, staleMax);
    Map<String, List<Write>> writes =
        history.writes().stream().collect(Collectors.groupingBy(Write::service));
    history.sights().stream()
        .collect(Collectors.groupingBy(Sight::service))
        .forEach(
            (service, seen) -> check.check(service, writes.getOrDefault(service, List.of()), seen));
    return check.faults;
  }

  private void check(String service, List<Write> writes, List<Sight> sights) {
    List<Sight> visible =
        sights.stream()
            .filter(sight -> sight.number() != ExportHistory.NONE)
            .sorted(Comparator.comparingLong(Sight::callNanos))
            .toList();
    if (!visible.isEmpty() && !isExported.test(service)) {
      faults.add("%s is not exported, and was seen: %s".formatted(service, visible.get(0)));
      return;
    }
    visible.forEach(sight -> checkOrigin(writes, sight));
    // A write whose outcome nobody knows may have come after later ones.
    if (writes.stream().allMatch(Write::isAcknowledged)) {
      checkOrder(visible);
      visible.forEach(sight -> checkAge(writes, sight));
    }
  }

  private void checkOrigin(List<Write> writes, Sight sight) {
    boolean isWritten =
        writes.stream()
            .anyMatch(
                write ->
                    write.number() == sight.number()
                        && !write.isGone()
                        && write.callNanos() < sight.returnNanos());
    if (!isWritten) {
      faults.add("nobody had written what was seen: " + sight);
    } else if (sight.isHealthy() != ExportHistory.isHealthy(sight.number())) {
      faults.add("health of another state: " + sight);
    }
  }

  /** Of two reads of which one ended before the other began. */
  private void checkOrder(List<Sight> inOrderOfCall) {
    List<Sight> inOrderOfReturn =
        inOrderOfCall.stream().sorted(Comparator.comparingLong(Sight::returnNanos)).toList();
    int ended = 0;
    Sight newest = null;
    for (Sight sight : inOrderOfCall) {
      while (ended < inOrderOfReturn.size()
          && inOrderOfReturn.get(ended).returnNanos() < sight.callNanos()) {
        Sight earlier = inOrderOfReturn.get(ended++);
        newest = newest == null || earlier.number() > newest.number() ? earlier : newest;
      }
      if (newest != null && sight.number() < newest.number()) {
        faults.add("went back from %s to %s".formatted(newest, sight));
      }
    }
  }

  private void checkAge(List<Write> writes, Sight sight) {
    writes.stream()
        .filter(write -> write.number() > sight.number())
        .mapToLong(Write::returnNanos)
        .min()
        .ifPresent(
            replaced -> {
              long age = sight.callNanos() - replaced;
              if (age > staleNanosMax) {
                faults.add("replaced %d ms before: %s".formatted(age / 1_000_000, sight));
              }
            });
  }
}
