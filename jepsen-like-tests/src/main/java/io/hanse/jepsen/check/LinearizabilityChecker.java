package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.Operation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges histories of registers, key by key, as linearizability is local. A conviction comes with a
 * short story: a part of the history that no order explains.
 */
public final class LinearizabilityChecker {
  private final long budgetNanosPerKey;

  /**
   * A verdict.
   *
   * @param violations per convicted key, the operations that show it
   * @param undecided keys for which time ran out: a run with any is void
   */
  public record Verdict(Map<String, List<Operation>> violations, List<String> undecided) {
    public boolean isLinearizable() {
      return violations.isEmpty() && undecided.isEmpty();
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      violations.forEach(
          (key, story) -> {
            text.append("no order explains key ").append(key).append(":\n");
            story.forEach(each -> text.append("  ").append(each).append('\n'));
          });
      undecided.forEach(key -> text.append("undecided: key ").append(key).append('\n'));
      return text.isEmpty() ? "linearizable" : text.toString();
    }
  }

  public LinearizabilityChecker(long budgetNanosPerKey) {
    this.budgetNanosPerKey = budgetNanosPerKey;
  }

  public Verdict check(Map<String, List<Operation>> byKey) {
    Map<String, List<Operation>> violations = new TreeMap<>();
    List<String> undecided = new ArrayList<>();
    byKey.forEach(
        (key, history) -> {
          switch (run(history)) {
            case LINEARIZABLE -> {}
            case VIOLATION -> violations.put(key, shrink(history));
            case UNDECIDED -> undecided.add(key);
          }
        });
    return new Verdict(violations, undecided);
  }

  private RegisterSearch.Verdict run(List<Operation> history) {
    return RegisterSearch.run(history, System.nanoTime() + budgetNanosPerKey);
  }

  private boolean isViolation(List<Operation> history) {
    return run(history) == RegisterSearch.Verdict.VIOLATION;
  }

  /**
   * Each step keeps a legal history legal, so what is left convicts the whole: the shortest illegal
   * prefix, without observers, and without writes that nothing left sees.
   */
  private List<Operation> shrink(List<Operation> history) {
    List<Operation> story = new ArrayList<>(shortestPrefix(history));
    story.sort(Comparator.comparingLong(Operation::callNanos));
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = story.size() - 1; i >= 0; i--) {
        if (!isDroppable(story, story.get(i))) {
          continue;
        }
        Operation dropped = story.remove(i);
        if (isViolation(story)) {
          changed = true;
        } else {
          story.add(i, dropped);
        }
      }
    }
    return List.copyOf(story);
  }

  private List<Operation> shortestPrefix(List<Operation> history) {
    long[] ends =
        history.stream()
            .filter(each -> !each.isUnknown())
            .mapToLong(Operation::returnNanos)
            .sorted()
            .toArray();
    int low = 0;
    int high = ends.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isViolation(until(history, ends[middle]))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    List<Operation> prefix = until(history, ends[low]);
    return isViolation(prefix) ? prefix : history;
  }

  /** The history as it stood at a time: what had not returned is of unknown outcome. */
  private static List<Operation> until(List<Operation> history, long nanos) {
    List<Operation> prefix = new ArrayList<>();
    for (Operation each : history) {
      if (each.callNanos() > nanos) {
        continue;
      }
      boolean open = each.returnNanos() > nanos;
      if (!open) {
        prefix.add(each);
      } else if (!each.isObserver()) {
        prefix.add(
            new Operation(
                each.process(),
                each.key(),
                each.kind(),
                each.expected(),
                each.value(),
                each.callNanos(),
                Operation.UNKNOWN));
      }
    }
    return prefix;
  }

  private static boolean isDroppable(List<Operation> story, Operation operation) {
    if (operation.isObserver()) {
      return true;
    }
    boolean isSeen =
        story.stream()
            .anyMatch(
                each ->
                    each.kind() == Kind.CAS_REFUSED
                        || (each.kind() == Kind.READ && same(each.value(), operation.value()))
                        || (each.kind() == Kind.CAS && same(each.expected(), operation.value())));
    return !isSeen && (operation.isUnknown() || operation.kind() == Kind.WRITE);
  }

  private static boolean same(@Nullable String one, @Nullable String other) {
    return one != null && one.equals(other);
  }
}
