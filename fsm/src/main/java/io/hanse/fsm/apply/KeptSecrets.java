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
 * replaced since is no good again either. With them stays what the other cluster said of itself as
 * it came with the first of them: it says it once.
 */
final class KeptSecrets {
  static final KeptSecrets NONE = new KeptSecrets(List.of());

  private record Kept(Peering peering, PeeringSecrets secrets) {
    /** Whether the other cluster is still the one that these secrets are shared with. */
    boolean isOf(Peering restored) {
      return Peerings.isActive(restored)
          && Peerings.dials(restored) == Peerings.dials(peering)
          && restored.getPeerId().equals(peering.getPeerId());
    }
  }

  private final List<Kept> all;

  private KeptSecrets(List<Kept> all) {
    this.all = all;
  }

  /** Those of the state that is about to be replaced. */
  static KeptSecrets of(Rows rows) {
    Peerings peerings = new Peerings(rows);
    List<Kept> all = new ArrayList<>();
    for (Peering peering : peerings.all()) {
      if (Peerings.isActive(peering)) {
        peerings.secrets(peering.getId()).ifPresent(secrets -> all.add(new Kept(peering, secrets)));
      }
    }
    return new KeptSecrets(all);
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
                if (!peering.hasRemote() && kept.peering().hasRemote()) {
                  Tables.PEERINGS.put(
                      context.rows(),
                      peering.toBuilder().setRemote(kept.peering().getRemote()).build());
                }
              });
    }
  }
}
