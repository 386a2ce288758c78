package io.hanse.jepsen.check;

import io.hanse.jepsen.history.Operation;
import io.hanse.jepsen.history.Operation.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a register with compare-and-set may do, over states coded as numbers. Values that nobody
 * read and no compare-and-set wanted cannot be told apart by any operation, so they are one state:
 * that alone keeps writes of unknown outcome from multiplying a search.
 */
final class Register {
  static final int ILLEGAL = -1;

  /** No value at all: what a register holds at first. */
  static final int ABSENT = 0;

  private static final int UNSEEN = 1;

  private final Map<String, Integer> states = new HashMap<>();
  private final Set<String> seen = new HashSet<>();

  Register(List<Operation> history) {
    for (Operation each : history) {
      if (each.kind() == Kind.READ && each.value() != null) {
        seen.add(each.value());
      }
      if (each.expected() != null) {
        seen.add(each.expected());
      }
    }
  }

  private int state(@Nullable String value) {
    if (value == null) {
      return ABSENT;
    }
    if (!seen.contains(value)) {
      return UNSEEN;
    }
    return states.computeIfAbsent(value, each -> states.size() + UNSEEN + 1);
  }

  /** The state after the operation took effect, or {@link #ILLEGAL} where it cannot have. */
  int step(int state, Operation operation) {
    return switch (operation.kind()) {
      case READ -> state == state(operation.value()) ? state : ILLEGAL;
      case WRITE -> state(operation.value());
      case CAS -> state == state(operation.expected()) ? state(operation.value()) : ILLEGAL;
      case CAS_REFUSED -> state == state(operation.expected()) ? ILLEGAL : state;
    };
  }

  String describe(int state) {
    if (state == ABSENT) {
      return "nothing";
    }
    return states.entrySet().stream()
        .filter(each -> each.getValue() == state)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("a value that nobody saw");
  }

  /** Whether two operations of unknown outcome would do the same. */
  boolean sameEffect(Operation one, Operation other) {
    return one.kind() == other.kind()
        && Objects.equals(one.expected(), other.expected())
        && state(one.value()) == state(other.value());
  }
}
