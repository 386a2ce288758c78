package io.hanse.jepsen.check;

import io.hanse.jepsen.history.ExportHistory;
import io.hanse.jepsen.history.ExportHistory.Exposure;
import io.hanse.jepsen.history.ExportHistory.Sight;
import io.hanse.jepsen.history.ExportHistory.Silence;
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
 * after a later one, and none that was replaced, or is not exported any more, for longer than a
 * bound. And whether it shows what is exported: once it was seen, or was there for longer than the
 * bound, it is missing only where somebody took it away, hid it, or the other cluster was silent.
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

  private final List<Silence> silences;
  private final Map<String, List<Exposure>> exposures;
  private final List<String> faults = new ArrayList<>();

  private ExportCheck(
      ExportHistory history, Predicate<String> isExported, Duration staleMax, Duration grace) {
    this.isExported = isExported;
    this.staleNanosMax = staleMax.toNanos();
    this.graceNanos = grace.toNanos();
    silences = history.silences();
    exposures = history.exposures().stream().collect(Collectors.groupingBy(Exposure::service));
    long[] answers = history.sights().stream().mapToLong(Sight::returnNanos).sorted().toArray();
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
    ExportCheck check = new ExportCheck(history, isExported, staleMax, grace);
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
    List<Exposure> changes = exposures.getOrDefault(service, List.of());
    visible.forEach(sight -> checkHidden(changes, sight));
    sights.stream()
        .filter(sight -> sight.number() == ExportHistory.NONE)
        .forEach(sight -> checkMissing(writes, changes, visible, sight));
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

  private boolean isTooOld(long replacedNanos, Sight sight) {
    long age = sight.callNanos() - replacedNanos;
    return age > staleNanosMax && age > staleNanosMax + darkBefore(sight);
  }

  private void checkHidden(List<Exposure> changes, Sight sight) {
    changes.stream()
        .filter(change -> change.callNanos() < sight.returnNanos())
        .reduce((earlier, later) -> later)
        .filter(last -> !last.isExported() && last.isAcknowledged())
        .filter(last -> isTooOld(last.returnNanos(), sight))
        .ifPresent(
            last ->
                faults.add("not exported any more by %s, and was seen: %s".formatted(last, sight)));
  }

  /** By what was seen of it before, else by what is there for long. */
  private void checkMissing(
      List<Write> writes, List<Exposure> changes, List<Sight> visible, Sight missing) {
    if (mayBeWithdrawn(missing)) {
      return;
    }
    visible.stream()
        .filter(sight -> sight.returnNanos() < missing.callNanos())
        .max(Comparator.comparingLong(Sight::number).thenComparingLong(Sight::callNanos))
        .filter(seen -> !isTakenAway(writes, seen.number(), missing))
        // What was seen may be older than the change that hides it.
        .filter(seen -> !mayBeHidden(changes, seen.callNanos() - staleNanosMax, missing))
        .ifPresentOrElse(
            seen -> faults.add("was there, and was not seen: %s, then %s".formatted(seen, missing)),
            () -> checkAbsent(writes, changes, missing));
  }

  private void checkAbsent(List<Write> writes, List<Exposure> changes, Sight missing) {
    writes.stream()
        .filter(write -> write.isAcknowledged() && isTooOld(write.returnNanos(), missing))
        .filter(write -> !write.isGone() && isExported.test(write.service()))
        .filter(write -> !isTakenAway(writes, write.number(), missing))
        .filter(write -> !mayBeHidden(changes, missing.callNanos() - 2 * staleNanosMax, missing))
        .findFirst()
        .ifPresent(
            write ->
                faults.add("is exported, and was not seen: %s by %s".formatted(missing, write)));
  }

  private boolean mayBeWithdrawn(Sight sight) {
    return silences.stream()
        .anyMatch(
            silence ->
                silence.fromNanos() < sight.returnNanos()
                    && sight.callNanos() < silence.untilNanos());
  }

  /** After the state of this number, or at a time that nobody knows. */
  private static boolean isTakenAway(List<Write> writes, long number, Sight missing) {
    return writes.stream()
        .filter(write -> write.isGone() && write.callNanos() < missing.returnNanos())
        .anyMatch(write -> write.number() > number || !write.isAcknowledged());
  }

  private static boolean mayBeHidden(List<Exposure> changes, long sinceNanos, Sight missing) {
    for (int i = 0; i < changes.size(); i++) {
      Exposure change = changes.get(i);
      boolean isHiding = !change.isExported() && change.callNanos() < missing.returnNanos();
      boolean isOver =
          i + 1 < changes.size()
              && changes.get(i + 1).isAcknowledged()
              && changes.get(i + 1).returnNanos() < sinceNanos;
      if (isHiding && !isOver) {
        return true;
      }
    }
    return false;
  }

  private void checkAge(List<Write> writes, Sight sight) {
    writes.stream()
        .filter(write -> write.number() > sight.number())
        .mapToLong(Write::returnNanos)
        .min()
        .ifPresent(
            replaced -> {
              if (isTooOld(replaced, sight)) {
                long millis = (sight.callNanos() - replaced) / 1_000_000;
                faults.add("replaced %d ms before: %s".formatted(millis, sight));
              }
            });
  }
}
