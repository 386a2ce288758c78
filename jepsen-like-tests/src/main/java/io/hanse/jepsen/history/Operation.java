package io.hanse.jepsen.history;

import org.jspecify.annotations.Nullable;

/**
 * What one client did to one register. Operations that are known not to have happened are left out
 * of a history; one of unknown outcome may take effect at any moment after its call, once or never.
 *
 * @param process a client; one whose operation ended unknown goes on under another number
 * @param expected what a compare-and-set wanted to find; null: nothing
 * @param value what was read, or was to be written; null: nothing
 * @param returnNanos {@link #UNKNOWN} where the client never learned the outcome
 */
public record Operation(
    int process,
    String key,
    Kind kind,
    @Nullable String expected,
    @Nullable String value,
    long callNanos,
    long returnNanos) {
  public static final long UNKNOWN = Long.MAX_VALUE;

  /** What was done. */
  public enum Kind {
    READ,
    WRITE,
    CAS,
    /** A compare-and-set that surely found another value: it changed nothing, but it saw. */
    CAS_REFUSED
  }

  public boolean isUnknown() {
    return returnNanos == UNKNOWN;
  }

  /** Whether it leaves every register as it is. */
  public boolean isObserver() {
    return kind == Kind.READ || kind == Kind.CAS_REFUSED;
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case READ -> "read " + value;
          case WRITE -> "write " + value;
          case CAS -> "cas " + expected + " to " + value;
          case CAS_REFUSED -> "cas from " + expected + " refused";
        };
    return "p%d %s %s [%d, %s]"
        .formatted(process, key, what, callNanos, isUnknown() ? "?" : Long.toString(returnNanos));
  }
}
