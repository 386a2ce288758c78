package io.hanse.fsm.view;

import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** Which intention decides whether a source may call a destination, by the rules of precedence. */
public final class IntentionMatcher {
  private final Rows rows;

  public IntentionMatcher(Rows rows) {
    this.rows = rows;
  }

  /**
   * A verdict and what it rests on.
   *
   * @param decidedBy the intention; empty where the default policy decided
   * @param destination the name in the entry that holds it, perhaps "*"
   */
  public record Decision(
      boolean allowed, Optional<SourceIntention> decidedBy, String destination, String reason) {}

  /** An intention with the destination of its entry, perhaps "*". */
  public record Intention(String destination, SourceIntention source) {}

  /** All that match a destination, the most precise first. */
  public List<Intention> forDestination(String service) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** A peer of "" means a service of this cluster. */
  public Decision decide(String peer, String source, String destination, boolean allowByDefault) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
