package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Whether some order explains the history of one register: the search of Wing and Gong, with Lowe's
 * memory of the configurations already tried (which operations took effect, and the state). Three
 * things keep operations of unknown outcome from multiplying it: observers take effect as soon as
 * they may, of several equal ones only the earliest is tried, and one is tried only if something
 * can see it before it is overwritten.
 */
final class RegisterSearch {
  /** How a search ended. */
  enum Verdict {
    LINEARIZABLE,
    VIOLATION,
    /** Out of time: no verdict, never a good one. */
    UNDECIDED
  }

  private static final int CLOCK_EVERY = 1024;

  private final List<Operation> operations;
  private final Register register;
  private final EntryList entries;
  private final int[] twin;
  private final boolean[] done;
  private final long[] mark;
  private final long[] otherMark;
  private final Set<Configuration> tried = new HashSet<>();
  private final long deadlineNanos;

  private int required;
  private int depth;
  private int state = Register.ABSENT;
  private boolean unseen;
  private long hash;
  private long otherHash;

  private final int[] stackEntry;
  private final int[] stackState;
  private final boolean[] stackForced;
  private final boolean[] stackUnseen;

  /** The set of what took effect, as two hashes of 64 bits, and the state. */
  private record Configuration(long hash, long otherHash, int state, boolean unseen) {}

  private RegisterSearch(List<Operation> history, long deadlineNanos) {
    // A read without an answer says nothing.
    operations = history.stream().filter(each -> !(each.isUnknown() && each.isObserver())).toList();
    this.deadlineNanos = deadlineNanos;
    register = new Register(operations);
    entries = new EntryList(operations);
    int size = operations.size();
    done = new boolean[size];
    mark = new long[size];
    otherMark = new long[size];
    SplittableRandom random = new SplittableRandom(size);
    for (int i = 0; i < size; i++) {
      mark[i] = random.nextLong();
      otherMark[i] = random.nextLong();
    }
    twin = twins();
    required = (int) operations.stream().filter(each -> !each.isUnknown()).count();
    stackEntry = new int[size + 1];
    stackState = new int[size + 1];
    stackForced = new boolean[size + 1];
    stackUnseen = new boolean[size + 1];
  }

  static Verdict run(List<Operation> history, long deadlineNanos) {
    return new RegisterSearch(history, deadlineNanos).search();
  }

  /** For each operation of unknown outcome the nearest earlier one that would do the same. */
  private int[] twins() {
    int[] earlier = new int[operations.size()];
    Arrays.fill(earlier, -1);
    List<Integer> unknown = new ArrayList<>();
    for (int at = entries.first(); at != EntryList.NONE; at = entries.after(at)) {
      int i = entries.operation(at);
      if (!entries.isCall(at) || !operations.get(i).isUnknown()) {
        continue;
      }
      for (int j = unknown.size() - 1; j >= 0; j--) {
        if (register.sameEffect(operations.get(unknown.get(j)), operations.get(i))) {
          earlier[i] = unknown.get(j);
          break;
        }
      }
      unknown.add(i);
    }
    return earlier;
  }

  private Verdict search() {
    boolean fresh = true;
    int entry = EntryList.NONE;
    while (true) {
      if (fresh) {
        linearizeObservers();
        if (required == 0) {
          return Verdict.LINEARIZABLE;
        }
        if (tried.size() % CLOCK_EVERY == 0 && System.nanoTime() > deadlineNanos) {
          return Verdict.UNDECIDED;
        }
        boolean isNew = tried.add(new Configuration(hash, otherHash, state, unseen));
        entry = isNew ? entries.first() : EntryList.NONE;
      }
      fresh = linearizeOneFrom(entry);
      if (!fresh) {
        entry = goBack();
        if (entry == EntryList.NONE) {
          return Verdict.VIOLATION;
        }
        entry = entries.after(entry);
      }
    }
  }

  /** All that only look, and may look now, do so: waiting would gain them nothing. */
  private void linearizeObservers() {
    boolean again = true;
    while (again) {
      again = false;
      for (int at = entries.first();
          at != EntryList.NONE && entries.isCall(at);
          at = entries.after(at)) {
        Operation operation = operations.get(entries.operation(at));
        if (operation.isObserver() && register.step(state, operation) != Register.ILLEGAL) {
          push(at, true);
          unseen = false;
          again = true;
        }
      }
    }
  }

  /** Lets the next call that may take effect do so; answers whether there was one. */
  private boolean linearizeOneFrom(int from) {
    for (int at = from; at != EntryList.NONE && entries.isCall(at); at = entries.after(at)) {
      int i = entries.operation(at);
      Operation operation = operations.get(i);
      boolean isTwin = operation.isUnknown() && twin[i] >= 0 && !done[twin[i]];
      boolean hidesUnseen = unseen && operation.kind() == Operation.Kind.WRITE;
      int after = isTwin || hidesUnseen ? Register.ILLEGAL : register.step(state, operation);
      boolean isIdle = operation.isUnknown() && after == state;
      if (after == Register.ILLEGAL || isIdle) {
        continue;
      }
      push(at, false);
      state = after;
      unseen = operation.isUnknown();
      return true;
    }
    return false;
  }

  private void push(int entry, boolean forced) {
    int i = entries.operation(entry);
    stackEntry[depth] = entry;
    stackState[depth] = state;
    stackForced[depth] = forced;
    stackUnseen[depth] = unseen;
    depth++;
    entries.lift(entry);
    toggle(i, true);
  }

  /** Undoes the last choice with all that was forced after it; answers its entry, or none. */
  private int goBack() {
    while (depth > 0) {
      depth--;
      int entry = stackEntry[depth];
      entries.restore(entry);
      toggle(entries.operation(entry), false);
      state = stackState[depth];
      unseen = stackUnseen[depth];
      if (!stackForced[depth]) {
        return entry;
      }
    }
    return EntryList.NONE;
  }

  private void toggle(int i, boolean isDone) {
    done[i] = isDone;
    hash ^= mark[i];
    otherHash ^= otherMark[i];
    if (!operations.get(i).isUnknown()) {
      required += isDone ? -1 : 1;
    }
  }
}
