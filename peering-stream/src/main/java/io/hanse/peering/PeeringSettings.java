package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.time.Duration;

/**
 * What an operator sets about peering.
 *
 * @param datacenter of this cluster
 * @param node that this server is; empty: not told
 * @param address where other clusters reach this server; empty: where the catalog says
 * @param peeringEnabled whether the endpoints work at all
 * @param connectEnabled whether this cluster has a certificate authority
 * @param grpcTlsEnabled whether servers listen for other clusters
 * @param exchangePatience how long an establishment secret is tried to be redeemed
 * @param exchangePause between two tries; up to a quarter is added by chance
 * @param attemptPatience for the answer of a server that can be reached: a busy one that has just
 *     started needs seconds for its first handshake
 */
public record PeeringSettings(
    String datacenter,
    String node,
    String address,
    boolean peeringEnabled,
    boolean connectEnabled,
    boolean grpcTlsEnabled,
    Duration exchangePatience,
    Duration exchangePause,
    Duration attemptPatience) {
  /** What other clusters are told where it is disabled. */
  public static final String NOT_ENABLED_HERE =
      "peering is not enabled in the configuration of this server";

  /** For so much longer a secret is tried at addresses that had no turn yet. */
  static final Duration FIRST_ROUND_MORE = Duration.ofSeconds(8);

  public static PeeringSettings defaults(String datacenter) {
    return new PeeringSettings(
        datacenter,
        "",
        "",
        true,
        true,
        true,
        Duration.ofSeconds(3),
        Duration.ofMillis(150),
        Duration.ofSeconds(15));
  }

  public PeeringSettings with(boolean newPeeringEnabled, boolean newGrpcTlsEnabled) {
    return new PeeringSettings(
        datacenter,
        node,
        address,
        newPeeringEnabled,
        connectEnabled,
        newGrpcTlsEnabled,
        exchangePatience,
        exchangePause,
        attemptPatience);
  }

  public PeeringSettings at(String newNode, String newAddress) {
    return new PeeringSettings(
        datacenter,
        newNode,
        newAddress,
        peeringEnabled,
        connectEnabled,
        grpcTlsEnabled,
        exchangePatience,
        exchangePause,
        attemptPatience);
  }

  /** Refuses whoever wants something of peering where an operator has disabled it. */
  public void requireEnabled() {
    requireEnabled("peering must be enabled to use this endpoint");
  }

  /**
   * Refuses, on the leader, what a server passes on that is set otherwise: with the words above its
   * operator would look for the mistake there.
   */
  public void requireEnabledAtLeader() {
    requireEnabled(
        node.isEmpty()
            ? "peering is disabled at the leader"
            : "peering is disabled at the leader " + node);
  }

  void requireEnabled(String refusal) {
    if (!peeringEnabled) {
      throw new ProblemException(ProblemCode.FAILED_PRECONDITION, refusal);
    }
  }

  /** For a whole establish on the leader, its writes included. */
  Duration establishPatience() {
    // Twice: through gateways first, then directly.
    return exchangePatience
        .multipliedBy(2)
        .plus(FIRST_ROUND_MORE)
        .plus(attemptPatience)
        .plusSeconds(10);
  }
}
