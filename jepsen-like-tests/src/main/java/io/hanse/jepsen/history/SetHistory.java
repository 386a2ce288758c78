package io.hanse.jepsen.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What clients did to sets that only grow: additions of elements, and looks at a whole set. */
public final class SetHistory {
  /**
   * One element put into one set.
   *
   * @param returnNanos {@link Operation#UNKNOWN} where the client never learned the outcome
   */
  public record Addition(int set, String element, long callNanos, long returnNanos) {
    public boolean isAcknowledged() {
      return returnNanos != Operation.UNKNOWN;
    }
  }

  /** All that one look at one set saw. */
  public record Look(int set, Set<String> elements, long callNanos, long returnNanos) {
    public Look {
      elements = Set.copyOf(elements);
    }
  }

  private final List<Addition> additions = new ArrayList<>();
  private final List<Look> looks = new ArrayList<>();

  public synchronized void add(Addition addition) {
    additions.add(addition);
  }

  public synchronized void add(Look look) {
    looks.add(look);
  }

  public synchronized List<Addition> additions() {
    return List.copyOf(additions);
  }

  public synchronized List<Look> looks() {
    return List.copyOf(looks);
  }
}
