package io.hanse.peering.replication;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import java.util.Optional;

/**
 * What the state says of a peering that is dialed.
 *
 * @param dialable how, where it is to be
 * @param isDeleted it is marked so, or no more
 * @param isReplaced it is deleted, and another peering here is with the same one there: a farewell
 *     would end what was established anew
 * @param establishing it is deleted, and a token of the same one there is being redeemed: the index
 *     of what was written of that last; 0: none is
 */
record DialedRow(
    Optional<Dialable> dialable, boolean isDeleted, boolean isReplaced, long establishing) {
  /**
   * Reads it.
   *
   * @param known how it was dialed last
   */
  static DialedRow of(View view, String peeringId, Optional<Dialable> known) {
    Peerings peerings = new Peerings(view);
    Optional<Peering> peering = peerings.byId(peeringId);
    boolean isDeleted = peering.map(Peering::hasDeletedAt).orElse(true);
    List<Peering> others =
        isDeleted && known.isPresent() ? withSame(peerings, known.get()) : List.of();
    return new DialedRow(
        peering.filter(Peerings::isActive).flatMap(active -> Dialable.of(view, active)),
        isDeleted,
        others.stream().anyMatch(each -> isRedeemed(peerings, each)),
        others.stream()
            .filter(each -> !isRedeemed(peerings, each))
            .mapToLong(each -> each.getRaftIndex().getModifyIndex())
            .max()
            .orElse(0));
  }

  private static List<Peering> withSame(Peerings peerings, Dialable dialed) {
    return peerings.all().stream()
        .filter(Peerings::isActive)
        .filter(each -> each.getPeerId().equals(dialed.peering().getPeerId()))
        .toList();
  }

  /** Before its token is redeemed a peering may yet come to nothing. */
  private static boolean isRedeemed(Peerings peerings, Peering peering) {
    return peerings
        .secrets(peering.getId())
        .filter(secrets -> !secrets.getActiveStream().isEmpty())
        .isPresent();
  }
}
