package io.hanse.fsm.apply;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.ArrayList;
import java.util.List;

/**
 * The secrets of peerings through a restore. The secrets of streams follow each other, and what an
 * archive has of them the other cluster has forgotten: with those the peering could never be
 * connected again. So, like a counter, what is newer stays. A token that was redeemed, revoked or
 * replaced since is no good again either. From level 6 on more stays with them: what the other
 * cluster said of itself as it came with the first of them, as it says it once; and where it is
 * dialed, what it said last of its roots and of where its servers are: by what the archive has it
 * may be reached no more, and it says so only to who is connected.
 */
final class KeptSecrets {
  static final KeptSecrets NONE = new KeptSecrets(List.of(), false);

  private record Kept(Peering peering, PeeringSecrets secrets) {
    /** Whether the other cluster is still the one that these secrets are shared with. */
    boolean isOf(Peering restored) {
      return Peerings.isActive(restored)
          && Peerings.dials(restored) == Peerings.dials(peering)
          && restored.getPeerId().equals(peering.getPeerId());
    }
  }

  private final List<Kept> all;
  private final boolean withPlaces;

  private KeptSecrets(List<Kept> all, boolean withPlaces) {
    this.all = all;
    this.withPlaces = withPlaces;
  }

  /**
   * Those of the state that is about to be replaced.
   *
   * @param withPlaces and where peers are dialed, and what they said of themselves
   */
  static KeptSecrets of(Rows rows, boolean withPlaces) {
    Peerings peerings = new Peerings(rows);
    List<Kept> all = new ArrayList<>();
    for (Peering peering : peerings.all()) {
      if (Peerings.isActive(peering)) {
        peerings.secrets(peering.getId()).ifPresent(secrets -> all.add(new Kept(peering, secrets)));
      }
    }
    return new KeptSecrets(all, withPlaces);
  }

  /** Puts them in place of those that the restored state has of the same peerings. */
  void putBack(ApplyContext context) {
    SecretsApplier applier = new SecretsApplier(context);
    Peerings restored = new Peerings(context.rows());
    for (Kept kept : all) {
      restored
          .byId(kept.peering().getId())
          .filter(kept::isOf)
          .ifPresent(
              peering -> {
                // A stream that runs yet brings differences to what is no more.
                applier.replace(peering, kept.secrets().toBuilder().clearImportFence().build());
                Peering next = withWhatItSaid(peering, kept.peering());
                if (!next.equals(peering)) {
                  Tables.PEERINGS.put(context.rows(), next);
                }
              });
    }
  }

  private Peering withWhatItSaid(Peering restored, Peering running) {
    if (!withPlaces) {
      return restored;
    }
    Peering.Builder next = restored.toBuilder();
    if (!restored.hasRemote() && running.hasRemote()) {
      next.setRemote(running.getRemote());
    }
    if (Peerings.dials(running)) {
      next.setPeerServerName(running.getPeerServerName())
          .clearPeerCaPems()
          .addAllPeerCaPems(running.getPeerCaPemsList())
          .clearPeerServerAddresses()
          .addAllPeerServerAddresses(running.getPeerServerAddressesList());
    }
    return next.build();
  }
}
