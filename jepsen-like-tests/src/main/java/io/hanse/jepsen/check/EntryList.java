package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The calls and returns of a history in the order of time, as a doubly linked list from which an
 * operation is taken out when it is linearised and put back when the search goes back, each in
 * constant time (Horn and Kroening, "Faster linearizability checking via P-compositionality").
 * Entry 0 is the head; an operation of unknown outcome has no return.
 */
final class EntryList {
  static final int NONE = 0;

  private final int[] next;
  private final int[] previous;
  private final int[] operation;
  private final boolean[] isCall;
  private final int[] returnOf;

  private record Entry(long nanos, boolean isCall, int operation) {}

  EntryList(List<Operation> operations) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      entries.add(new Entry(operations.get(i).callNanos(), true, i));
      if (!operations.get(i).isUnknown()) {
        entries.add(new Entry(operations.get(i).returnNanos(), false, i));
      }
    }
    // Operations that touch count as concurrent: at one time calls go first.
    entries.sort(
        Comparator.comparingLong(Entry::nanos).thenComparing(entry -> entry.isCall() ? 0 : 1));
    int size = entries.size() + 1;
    next = new int[size];
    previous = new int[size];
    operation = new int[size];
    isCall = new boolean[size];
    returnOf = new int[operations.size()];
    for (int at = 1; at < size; at++) {
      Entry entry = entries.get(at - 1);
      operation[at] = entry.operation();
      isCall[at] = entry.isCall();
      previous[at] = at - 1;
      next[at - 1] = at;
      if (!entry.isCall()) {
        returnOf[entry.operation()] = at;
      }
    }
  }

  int first() {
    return next[0];
  }

  int after(int entry) {
    return next[entry];
  }

  boolean isCall(int entry) {
    return isCall[entry];
  }

  int operation(int entry) {
    return operation[entry];
  }

  /** Takes out a call and its return. */
  void lift(int call) {
    unlink(call);
    if (returnOf[operation[call]] != NONE) {
      unlink(returnOf[operation[call]]);
    }
  }

  /** Puts back the call that was lifted last. */
  void restore(int call) {
    if (returnOf[operation[call]] != NONE) {
      link(returnOf[operation[call]]);
    }
    link(call);
  }

  private void unlink(int entry) {
    next[previous[entry]] = next[entry];
    if (next[entry] != NONE) {
      previous[next[entry]] = previous[entry];
    }
  }

  private void link(int entry) {
    next[previous[entry]] = entry;
    if (next[entry] != NONE) {
      previous[next[entry]] = entry;
    }
  }
}
