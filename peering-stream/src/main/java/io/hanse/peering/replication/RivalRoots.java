package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.peering.LogPace;
import io.hanse.peering.protocol.PeerTexts;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Warns where two peers bring different roots for one trust domain. Who sends them again and again,
 * over whatever streams, does not flood the log.
 */
final class RivalRoots {
  private final String peeringId;
  private final String peer;
  private final LogPace pace;
  private final LongSupplier nowMillis;
  private final Consumer<String> lines;

  /** Of what one peer brings. */
  RivalRoots(
      String peeringId, String peer, LogPace pace, LongSupplier nowMillis, Consumer<String> lines) {
    this.peeringId = peeringId;
    this.peer = peer;
    this.pace = pace;
    this.nowMillis = nowMillis;
    this.lines = lines;
  }

  void brought(String trustDomain, List<String> rivals) {
    pace.due("rival roots " + peeringId, nowMillis.getAsLong())
        .ifPresent(
            leftOut ->
                lines.accept(
                    "peers bring different roots for one trust domain: one of them is not who it"
                        + " says peer="
                        + peer
                        + " others="
                        + rivals
                        + " trust_domain="
                        + Quoted.of(PeerTexts.cut(trustDomain))
                        + " not_told="
                        + leftOut));
  }
}
