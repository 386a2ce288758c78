package io.hanse.peering.replication;

/**
 * Tells when nothing ran on a loop though it was due: the process was stopped, or its machine was.
 * Meanwhile nobody could be heard, so that time is nobody's silence. Used on its loop only.
 */
public final class Standstill {
  /** How often to look at least, so that little of a standstill is missed. */
  public static final long LOOK_MILLIS = 1_000;

  /** What is late by no more than this was only waiting for others. */
  private static final long LATE_MILLIS = 2_000;

  private final Loop loop;
  private long lookedMillis;
  private long dueMillis = Long.MAX_VALUE;

  /** Nothing is due yet. */
  public Standstill(Loop loop) {
    this.loop = loop;
    lookedMillis = loop.nowMillis();
  }

  /** There will be a look after so long. */
  public void dueIn(long millis) {
    dueMillis = loop.nowMillis() + millis;
  }

  /** No look is due. */
  public void rest() {
    dueMillis = Long.MAX_VALUE;
  }

  /**
   * Looks, which may be before it is due. Answers for how long the process stood still since the
   * last look, and what ran before that in addition; 0: it did not.
   */
  public long look() {
    long now = loop.nowMillis();
    long since = now - lookedMillis;
    lookedMillis = now;
    return now - LATE_MILLIS > dueMillis && since > LATE_MILLIS ? since : 0;
  }
}
