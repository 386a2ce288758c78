package io.hanse.peering.replication;

import io.hanse.peering.protocol.StreamLimits;
import java.util.concurrent.TimeUnit;

/**
 * The bounds of replication.
 *
 * @param stream the bounds of one stream
 * @param openMillisMax for a dialer to send its first message, and for an acceptor to answer it
 * @param healthyMillis after so long a stream on which the other end was heard, its loss counts as
 *     a first failure again
 * @param commandBytesMax a received resource above it is refused by name
 * @param submitAttempts how often a command is given to the log before its stream is given up
 * @param purgeMillis between two steps of a deletion
 * @param purgeNodes nodes removed in one step at most
 * @param secretMillisMax after so long a dialer has its stream secret followed by another, where
 *     the other cluster knows how
 * @param farewellMillisMax for the other cluster to hear of a deletion: longer than a dialer takes
 *     to find out that its link is dead, and a Consul until it dials again then
 * @param tokenWayMillisMax for a token to be redeemed: so long own gateways lead where it does;
 *     longer than that ever takes
 */
public record ReplicationSettings(
    StreamLimits stream,
    long openMillisMax,
    long healthyMillis,
    int commandBytesMax,
    int submitAttempts,
    long purgeMillis,
    int purgeNodes,
    long secretMillisMax,
    long farewellMillisMax,
    long tokenWayMillisMax) {

  public static final ReplicationSettings DEFAULT =
      new ReplicationSettings(
          StreamLimits.DEFAULT,
          15_000,
          2_000,
          1 << 20,
          20,
          100,
          100,
          TimeUnit.DAYS.toMillis(1),
          300_000,
          60_000);

  public ReplicationSettings withStream(StreamLimits newStream) {
    return new ReplicationSettings(
        newStream,
        openMillisMax,
        healthyMillis,
        commandBytesMax,
        submitAttempts,
        purgeMillis,
        purgeNodes,
        secretMillisMax,
        farewellMillisMax,
        tokenWayMillisMax);
  }

  ReplicationSettings withCommandBytesMax(int newCommandBytesMax) {
    return new ReplicationSettings(
        stream,
        openMillisMax,
        healthyMillis,
        newCommandBytesMax,
        submitAttempts,
        purgeMillis,
        purgeNodes,
        secretMillisMax,
        farewellMillisMax,
        tokenWayMillisMax);
  }

  public ReplicationSettings withSecretMillisMax(long newSecretMillisMax) {
    return new ReplicationSettings(
        stream,
        openMillisMax,
        healthyMillis,
        commandBytesMax,
        submitAttempts,
        purgeMillis,
        purgeNodes,
        newSecretMillisMax,
        farewellMillisMax,
        tokenWayMillisMax);
  }
}
