package io.hanse.http.server;

/**
 * How slowly a client may take what it asked for, or send what it announced: some bytes at times
 * would keep a place for ever.
 */
final class LeastRate {
  /** What any line to a server manages. */
  private static final long BYTES_PER_SECOND = 32 << 10;

  /** Lines may break down for a while. */
  private static final long GRACE_MILLIS = 60_000;

  private LeastRate() {}

  /**
   * How long the client may take for what it is being sent, or for the next that it sends.
   *
   * @param bytes sent in all, with these
   * @param millis that it has had for them
   * @return not more than that is left for a single part; 0 or less: it is over
   */
  static long millisLeft(long bytes, long millis) {
    long allowed = GRACE_MILLIS + bytes * 1_000 / BYTES_PER_SECOND;
    return Math.min(GRACE_MILLIS, allowed - millis);
  }
}
