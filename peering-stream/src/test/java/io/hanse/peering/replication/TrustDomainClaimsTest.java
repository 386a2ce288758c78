package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Peering;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two clusters of one trust domain, as after one was copied: what their operators are told. */
class TrustDomainClaimsTest {
  private static final String ONE_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String PEERING_ID = "a1fa0000-0000-4000-8000-000000000009";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";

  private final SimPair pair = SimPair.empty();
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void shouldTellBothOperatorsThatTheRootsAreNotTaken() {
    alpha.apply(SimCommands.initialize(ONE_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(ONE_ID, "dc-beta"));
    alpha.apply(SimCommands.acceptor(PEERING_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(PEERING_ID, "establishment", "stream"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", PEERING_ID, alpha.addresses(), "stream"));
    pair.start();
    pair.time.runFor(15_000);

    for (SimCluster cluster : List.of(alpha, beta)) {
      Peering shown = SimPair.shown(cluster);
      assertThat(shown.getDetail().getReason())
          .startsWith("connected, but ")
          .contains("not all is replicated: resources refused of ours 1, of theirs 1");
      assertThat(shown.getDetail().getImportProblemsList())
          .singleElement()
          .matches(each -> each.getReason().contains("is this cluster's own"));
      assertThat(shown.getDetail().getExportProblemsList())
          .singleElement()
          .matches(each -> each.getByPeer())
          .matches(each -> each.getReason().contains("is this cluster's own"));
    }
  }
}
