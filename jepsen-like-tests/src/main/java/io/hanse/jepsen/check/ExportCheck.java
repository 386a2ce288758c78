package io.hanse.jepsen.check;

import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Sight;
import io.hanse.jepsen.history.ExportHistory.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether an importing cluster shows only what the exporting one had and exports: no state that
 * nobody wrote or that is half another one, nothing of a service that is not exported, no state
 * after a later one, and none that was replaced longer ago than a bound.
 *
 * <p>A cluster that has no leader can withdraw nothing, and answers nobody. The next leader can't
 * tell whether the other cluster was silent meanwhile or its own, so it waits a grace for a sign of
 * life. For so long after a time without any answer, that time does not count.
 */
public final class ExportCheck {
  private final Predicate<String> isExported;
  private final long staleNanosMax;
  private final long graceNanos;

  /** When looks were answered, each with the time since the answer before it. */
  private final NavigableMap<Long, Long> darkBefore = new TreeMap<>();

  private final List<String> faults = new ArrayList<>();

  private ExportCheck(
      List<Sight> sights, Predicate<String> isExported, Duration staleMax, Duration grace) {
    this.isExported = isExported;
    this.staleNanosMax = staleMax.toNanos();
    this.graceNanos = grace.toNanos();
    long[] answers = sights.stream().mapToLong(Sight::returnNanos).sorted().toArray();
    for (int i = 1; i < answers.length; i++) {
      darkBefore.merge(answers[i], answers[i] - answers[i - 1], Math::max);
    }
  }

  /**
   * What contradicts that, in words; empty: nothing.
   *
   * @param grace after a time in which no look was answered
   */
  public static List<String> check(
      ExportHistory history, Predicate<String> isExported, Duration staleMax, Duration grace) {
    ExportCheck check = new ExportCheck(history.sights(), isExported, staleMax, grace);
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

  /** The longest time without an answer that had ended, when this was seen, for a grace at most. */
  private long darkBefore(Sight sight) {
    return darkBefore
        .subMap(sight.callNanos() - graceNanos, true, sight.returnNanos(), true)
        .values()
        .stream()
        .mapToLong(each -> each)
        .max()
        .orElse(0);
  }

  private void checkAge(List<Write> writes, Sight sight) {
    writes.stream()
        .filter(write -> write.number() > sight.number())
        .mapToLong(Write::returnNanos)
        .min()
        .ifPresent(
            replaced -> {
              long age = sight.callNanos() - replaced;
              if (age > staleNanosMax && age > staleNanosMax + darkBefore(sight)) {
                faults.add("replaced %d ms before: %s".formatted(age / 1_000_000, sight));
              }
            });
  }
}
