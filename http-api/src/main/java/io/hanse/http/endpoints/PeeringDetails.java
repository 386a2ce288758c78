package io.hanse.http.endpoints;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.TokenFates;
import io.hanse.peering.DialTargets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is stored of a peering beside its row and may be shown: never a secret. */
final class PeeringDetails {
  private static final String MESH_GATEWAY = "mesh-gateway";
  private static final String CRITICAL = "critical";

  private PeeringDetails() {}

  static PeeringDetail of(View view, Peering peering) {
    PeeringSecrets secrets =
        new Peerings(view).secrets(peering.getId()).orElse(PeeringSecrets.getDefaultInstance());
    PeeringDetail.Builder detail = PeeringDetail.newBuilder();
    PeeringPolicy policy = new Peerings(view).policy(peering.getName());
    countGateways(detail, new Health(view).ofKind("", MESH_GATEWAY));
    detail.setOnStale(policy.getOnStale());
    if (!policy.getOnStale().equals(PeeringPolicies.SERVE)) {
      detail.setStaleAfter(policy.getStaleAfter());
    }
    if (Peerings.dials(peering)) {
      detail.addAllCandidates(DialTargets.of(view, peering));
      if (secrets.getActiveSinceMillis() > 0) {
        detail.setSecretSince(timestamp(secrets.getActiveSinceMillis()));
      }
      return detail.build();
    }
    // The log's own time stands still where nothing is written, and a token expires all the same.
    long nowMillis = Math.max(view.timeMillis(), System.currentTimeMillis());
    TokenFates.Fate fate = TokenFates.newest(secrets, nowMillis);
    detail.setToken(fate.word());
    boolean isOver = fate == TokenFates.Fate.EXPIRED || fate == TokenFates.Fate.REVOKED;
    boolean isRedeemed = new Peerings(view).isRedeemed(peering.getId());
    if (peering.getState() == PeeringState.PENDING && isOver && !isRedeemed) {
      detail.setReason(
          "the token was not redeemed and is " + fate.word() + " by now: generate another one");
    }
    if (secrets.getEstablishmentExpiresMillis() > 0) {
      detail.setTokenExpires(timestamp(secrets.getEstablishmentExpiresMillis()));
    }
    return detail.build();
  }

  private static void countGateways(PeeringDetail.Builder detail, List<CheckServiceNode> gateways) {
    long passing =
        gateways.stream()
            .filter(
                each ->
                    each.getChecksList().stream()
                        .noneMatch(check -> check.getStatus().equals(CRITICAL)))
            .count();
    detail.setMeshGateways(gateways.size()).setMeshGatewaysPassing((int) passing);
  }

  /**
   * What the leader knows of a stream, and what is stored: each address that is dialed with how the
   * leader fared there. By one that is dialed no more a stream may run still.
   */
  static PeeringDetail together(PeeringDetail live, PeeringDetail stored) {
    Map<String, DialCandidate> fared = new LinkedHashMap<>();
    live.getCandidatesList().forEach(each -> fared.put(each.getAddress(), each));
    PeeringDetail.Builder both = live.toBuilder().clearCandidates().mergeFrom(stored);
    for (DialCandidate.Builder candidate : both.getCandidatesBuilderList()) {
      DialCandidate known = fared.remove(candidate.getAddress());
      if (known != null) {
        candidate.mergeFrom(known);
      }
    }
    fared.values().stream()
        .filter(DialCandidate::getInUse)
        .forEach(former -> both.addCandidates(former.toBuilder().setOrigin("former")));
    return both.build();
  }

  private static Timestamp timestamp(long millis) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(millis, 1_000))
        .setNanos((int) Math.floorMod(millis, 1_000L) * 1_000_000)
        .build();
  }
}
