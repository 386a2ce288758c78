package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.notFound;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PinPeerAddresses;
import io.hanse.fsm.row.PinnedAddresses;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/** Where an operator wants other clusters dialed: beside the peering, which the peer may change. */
final class PinsApplier {
  /** More than anybody tries in turn. */
  private static final int ADDRESSES_MAX = 64;

  private PinsApplier() {}

  static Applied pin(ApplyContext context, PinPeerAddresses command) {
    Transaction rows = context.rows();
    Peering peering =
        new Peerings(rows)
            .byName(command.getName())
            .orElseThrow(() -> notFound("Peering not found for \"" + command.getName() + "\""));
    if (!Peerings.dials(peering)) {
      throw precondition(
          "peering \"" + peering.getName() + "\" is dialed by the other cluster and dials nowhere");
    }
    if (command.getAddressesCount() > ADDRESSES_MAX) {
      throw invalid("more than " + ADDRESSES_MAX + " addresses");
    }
    if (command.getAddressesList().equals(new Peerings(rows).pinned(peering.getId()))) {
      return Applied.NOT_DONE;
    }
    if (command.getAddressesCount() == 0) {
      Tables.PINNED_ADDRESSES.remove(rows, Keys.peering(peering.getId()));
    } else {
      PeeringApplier.requireOpen(Optional.of(peering));
      Tables.PINNED_ADDRESSES.put(
          rows,
          PinnedAddresses.newBuilder()
              .setPeeringId(peering.getId())
              .addAllAddresses(command.getAddressesList())
              .build());
    }
    return Applied.DONE;
  }
}
