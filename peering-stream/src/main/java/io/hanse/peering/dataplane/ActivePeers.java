package io.hanse.peering.dataplane;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Peerings;
import java.util.SortedSet;
import java.util.TreeSet;

/** The peers that count: neither being deleted nor terminated by the other side. */
record ActivePeers(SortedSet<String> names) {
  static ActivePeers of(Rows rows) {
    SortedSet<String> names = new TreeSet<>();
    for (Peering peering : new Peerings(rows).all()) {
      if (Peerings.isActive(peering)) {
        names.add(peering.getName());
      }
    }
    return new ActivePeers(names);
  }

  boolean has(String peer) {
    return names.contains(peer);
  }
}
