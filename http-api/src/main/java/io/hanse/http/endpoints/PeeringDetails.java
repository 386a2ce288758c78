package io.hanse.http.endpoints;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.TokenFates;
import io.hanse.peering.DialTargets;

/** What is stored of a peering beside its row and may be shown: never a secret. */
final class PeeringDetails {
  private PeeringDetails() {}

  static PeeringDetail of(View view, Peering peering) {
    PeeringSecrets secrets =
        new Peerings(view).secrets(peering.getId()).orElse(PeeringSecrets.getDefaultInstance());
    PeeringDetail.Builder detail = PeeringDetail.newBuilder();
    if (Peerings.dials(peering)) {
      detail.addAllCandidates(DialTargets.of(view, peering));
      if (secrets.getActiveSinceMillis() > 0) {
        detail.setSecretSince(timestamp(secrets.getActiveSinceMillis()));
      }
      return detail.build();
    }
    // As of the newest entry of the log: the same on all servers.
    detail.setToken(TokenFates.newest(secrets, view.timeMillis()).word());
    if (secrets.getEstablishmentExpiresMillis() > 0) {
      detail.setTokenExpires(timestamp(secrets.getEstablishmentExpiresMillis()));
    }
    return detail.build();
  }

  private static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(millis, 1_000))
        .setNanos((int) Math.floorMod(millis, 1_000L) * 1_000_000)
        .build();
  }
}
