package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.proto.ReplicationMessage.Request;
import io.hanse.peering.protocol.PeerTexts;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes down what of one stream's peer is refused here. Who floods us with nonsense does not flood
 * the log. Used on one loop only.
 */
final class RefusalLog {
  private static final int LOGGED = 20;

  private final String peer;
  private final Consumer<String> lines;
  private final Tally refusals = new Tally(LOGGED);

  RefusalLog(String peer, Consumer<String> lines) {
    this.peer = peer;
    this.lines = lines;
  }

  /**
   * Some of a message's changes are refused.
   *
   * @param reasons by position
   */
  void refused(List<ImportChange> changes, Map<Integer, String> reasons) {
    reasons.forEach(
        (position, reason) -> {
          if (refusals.add()) {
            lines.accept(
                "change of peer refused peer="
                    + peer
                    + " refusals="
                    + refusals.times()
                    + " service="
                    + Quoted.of(PeerTexts.cut(changes.get(position).getService()))
                    + " cause="
                    + Quoted.of(PeerTexts.cut(reason)));
          }
        });
  }

  /** A resource that came whole is refused by this answer. */
  void refused(Request answer) {
    if (refusals.add()) {
      lines.accept(
          "resource of peer refused peer="
              + peer
              + " refusals="
              + refusals.times()
              + " type="
              + Quoted.of(answer.getResourceUrl())
              + " cause="
              + Quoted.of(answer.getError().getMessage()));
    }
  }
}
