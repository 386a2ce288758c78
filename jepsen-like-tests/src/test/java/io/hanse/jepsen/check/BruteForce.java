package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Operation;
import java.util.List;

/** Every order of every subset that holds all completed operations. For tiny histories only. */
final class BruteForce {
  private final Register register;
  private final List<Operation> history;
  private final boolean[] used;

  private BruteForce(List<Operation> history) {
    this.history = history;
    register = new Register(history);
    used = new boolean[history.size()];
  }

  static boolean isLinearizable(List<Operation> history) {
    return new BruteForce(history).from(Register.ABSENT);
  }

  private boolean from(int state) {
    long firstReturn = Long.MAX_VALUE;
    boolean left = false;
    for (int i = 0; i < used.length; i++) {
      if (!used[i] && !history.get(i).isUnknown()) {
        left = true;
        firstReturn = Math.min(firstReturn, history.get(i).returnNanos());
      }
    }
    if (!left) {
      return true;
    }
    for (int i = 0; i < used.length; i++) {
      Operation operation = history.get(i);
      if (used[i] || operation.callNanos() > firstReturn) {
        continue;
      }
      boolean saysNothing = operation.isUnknown() && operation.isObserver();
      int after = saysNothing ? state : register.step(state, operation);
      if (after == Register.ILLEGAL) {
        continue;
      }
      used[i] = true;
      if (from(after)) {
        return true;
      }
      used[i] = false;
    }
    return false;
  }
}
