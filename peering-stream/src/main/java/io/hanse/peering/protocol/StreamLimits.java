package io.hanse.peering.protocol;

/**
 * The bounds of one stream.
 *
 * @param heartbeatMillis between two heartbeats of ours
 * @param silenceMillisMax without a heartbeat from the other end before the stream is given up
 * @param drainMillisMax for the other end to finish after a termination
 * @param unackedMax resources sent and not answered; more wait, and the newest of a name replaces
 *     the one that waits
 * @param pendingImportsMax resources received and not stored; nothing is read beyond it
 * @param pendingImportBytesMax the same, in bytes; one message may go beyond
 * @param burstBytesMax data that is sent before the transport is asked whether it takes more
 * @param messageBytesMax a message larger than that is never sent
 */
public record StreamLimits(
    long heartbeatMillis,
    long silenceMillisMax,
    long drainMillisMax,
    int unackedMax,
    int pendingImportsMax,
    long pendingImportBytesMax,
    int burstBytesMax,
    int messageBytesMax) {

  /** Intervals as Consul has them; 8 MiB is what a Consul that dials can receive. */
  public static final StreamLimits DEFAULT =
      new StreamLimits(15_000, 120_000, 10_000, 1_024, 64, 16L << 20, 1 << 20, 8 << 20);
}
