package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.PeeringPolicy;
import java.util.Set;

/**
 * What a peering entry fills in and may say. The kind is Hanse's own: Consul goes on serving what a
 * dead cluster exported for as long as the peering is there.
 */
public final class PeeringPolicies {
  /** The name of the entry for peerings without one of their own. */
  public static final String ANY = "*";

  public static final String SERVE = "serve";
  public static final String WARN = "warn";
  public static final String WITHDRAW = "withdraw";

  /** Without an entry: as Consul. */
  public static final PeeringPolicy NONE = PeeringPolicy.newBuilder().setOnStale(SERVE).build();

  private static final Set<String> ACTIONS = Set.of(SERVE, WARN, WITHDRAW);
  private static final Duration USUAL = seconds(120);

  /** A healthy cluster is heard every 15 s: three times may be missed. */
  private static final Duration LEAST = seconds(45);

  private static final Duration MOST = seconds(30 * 24 * 3_600);

  private PeeringPolicies() {}

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  /** How long nothing may be heard. */
  public static long staleAfterMillis(PeeringPolicy policy) {
    Duration after = policy.getStaleAfter();
    return after.getSeconds() * 1_000 + after.getNanos() / 1_000_000;
  }

  static ConfigEntry normalise(ConfigEntry entry) {
    PeeringPolicy.Builder policy = entry.getPeering().toBuilder();
    if (Durations.isZero(policy.getStaleAfter())) {
      policy.setStaleAfter(USUAL);
    }
    return entry.toBuilder().setPeering(policy).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    PeeringPolicy policy = entry.getPeering();
    if (!ACTIONS.contains(policy.getOnStale())) {
      throw invalid(
          "OnStale must be one of serve, warn, withdraw, not \"" + policy.getOnStale() + "\"");
    }
    Duration after = policy.getStaleAfter();
    if (Durations.compare(after, LEAST) < 0 || Durations.compare(after, MOST) > 0) {
      throw invalid(
          "StaleAfter must be between "
              + Durations.text(LEAST)
              + " and "
              + Durations.text(MOST)
              + ": a healthy peer is heard every 15s");
    }
  }
}
