package io.hanse.peering.replication;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.Optional;

/**
 * What the state says of a peering that is dialed.
 *
 * @param dialable how, where it is to be
 * @param isDeleted it is marked so, or no more
 * @param isReplaced it is no more, and another peering here is with the same one there: a farewell
 *     would end what was established anew
 */
record DialedRow(Optional<Dialable> dialable, boolean isDeleted, boolean isReplaced) {
  /**
   * Reads it.
   *
   * @param known how it was dialed last
   */
  static DialedRow of(View view, String peeringId, Optional<Dialable> known) {
    Peerings peerings = new Peerings(view);
    Optional<Peering> peering = peerings.byId(peeringId);
    return new DialedRow(
        peering.filter(Peerings::isActive).flatMap(active -> Dialable.of(view, active)),
        peering.map(Peering::hasDeletedAt).orElse(true),
        peering.isEmpty() && known.filter(dialed -> isReplaced(peerings, dialed)).isPresent());
  }

  private static boolean isReplaced(Peerings peerings, Dialable dialed) {
    return peerings.all().stream()
        .filter(Peerings::isActive)
        .filter(each -> each.getPeerId().equals(dialed.peering().getPeerId()))
        // Before its token is redeemed it may yet come to nothing.
        .flatMap(each -> peerings.secrets(each.getId()).stream())
        .anyMatch(secrets -> !secrets.getActiveStream().isEmpty());
  }
}
