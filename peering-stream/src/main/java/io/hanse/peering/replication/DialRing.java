package io.hanse.peering.replication;

import io.hanse.peering.link.LinkTarget;
import org.jspecify.annotations.Nullable;

/**
 * Which of the addresses is dialed next: an endless ring. After a good stream it begins anew, for
 * what was fallen back from is preferred again. Only the address that was just lost waits until all
 * others had their turn: a server that hangs takes connections, and seconds to be given up.
 */
final class DialRing {
  private int turn;
  private @Nullable String lost;

  /** What is dialed is something else now. */
  void begin() {
    turn = 0;
    lost = null;
  }

  /** A stream that was good has ended. */
  void lost(String address) {
    turn = 0;
    lost = address;
  }

  LinkTarget next(Dialable dialed) {
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
