package io.hanse.peering.replication;

import io.hanse.peering.link.LinkTarget;
import org.jspecify.annotations.Nullable;

/**
 * Which of the addresses is dialed next: an endless ring. After a good stream it begins anew, for
 * what was fallen back from is preferred again. Only the address that was just lost waits until all
 * others had their turn: a server that hangs takes connections, and seconds to be given up.
 */
final class DialRing {
  /** The health of gateways may change all the time; each change is not worth an attempt. */
  static final long FORE_AGAIN_MILLIS = 4_000;

  private int turn;
  private @Nullable String lost;

  /** To be tried next, out of turn, unless all begins anew before. */
  private @Nullable String fore;

  private long foreMillis = Long.MIN_VALUE / 2;

  /** What is dialed is something else now. */
  void begin() {
    turn = 0;
    lost = null;
    fore = null;
  }

  /** A stream that was good has ended. */
  void lost(String address) {
    turn = 0;
    lost = address;
    fore = null;
  }

  /**
   * The same addresses have another order. The ring goes on with it where it was, else it might
   * never get to its end; but where another one is the first now, it comes next. Answers whether it
   * is to be tried at once.
   */
  boolean reordered(Dialable before, Dialable now, long nowMillis) {
    String first = now.addresses().get(0);
    if (first.equals(before.addresses().get(0)) || nowMillis - foreMillis < FORE_AGAIN_MILLIS) {
      return false;
    }
    fore = first;
    foreMillis = nowMillis;
    return true;
  }

  LinkTarget next(Dialable dialed) {
    int outOfTurn = fore == null ? -1 : dialed.addresses().indexOf(fore);
    fore = null;
    return outOfTurn < 0 ? nextInTurn(dialed) : dialed.way(outOfTurn);
  }

  private LinkTarget nextInTurn(Dialable dialed) {
    String avoided = lost;
    if (avoided == null) {
      return dialed.way(turn++);
    }
    int count = dialed.addresses().size();
    while (turn < count) {
      LinkTarget way = dialed.way(turn++);
      if (!way.address().equals(avoided)) {
        return way;
      }
    }
    lost = null;
    turn = Math.max(0, dialed.addresses().indexOf(avoided));
    return dialed.way(turn++);
  }
}
