package io.hanse.raft;

/**
 * Says whether the next batch waits for more commands. An entry of the log costs the servers as
 * much as some thirty commands do, and who was answered just now mostly asks again at once: a batch
 * that waits for them halves the number of entries and is seldom late for it.
 *
 * <p>It waits at most half as long as the batch before took (but 1.2 ms is always allowed, and more
 * than 4 ms never), ends with the first step of that time that brings nothing, and is not tried
 * again for a while where those who were answered stay away. Guarded by its owner.
 */
final class Gathering {
  /** With fewer, each goes as soon as it can. */
  static final int FEW = 4;

  /** That many are worth an entry, whatever comes behind. */
  static final int MANY = 128;

  /** Of the time that the batch before took. */
  private static final int STEP_SHARE = 16;

  private static final int STEPS_MAX = 8;

  /** A timer that is much shorter comes late. */
  private static final long STEP_NANOS_MIN = 150_000;

  /** A batch that a slow disk held up says nothing of how soon clients come back. */
  private static final long STEP_NANOS_MAX = 500_000;

  private static final int PASSED_OVER_MAX = 64;

  /** How many are waited for; 0 while no batch waits. */
  private int wanted;

  /** Which wait it is. */
  private long round;

  private int answered;
  private int queuedAtFirst;
  private int queuedBefore;
  private int steps;
  private long stepNanos;

  /** How many batches are not to wait now, and how many after the next that waits in vain. */
  private int passOver;

  private int passOverNext = 1;

  /**
   * A batch has ended, and none is on its way.
   *
   * @param ended how many commands it had, which are answered now
   * @param queued how many came meanwhile
   * @param tookNanos from its append to its end
   * @return after how many nanoseconds to {@link #step}; 0: the next batch is not to wait
   */
  long begin(int ended, int queued, long tookNanos) {
    wanted = 0;
    if (ended + queued < FEW || queued >= MANY) {
      return 0;
    }
    if (passOver > 0) {
      passOver--;
      return 0;
    }
    wanted = ended + queued;
    round++;
    answered = ended;
    queuedAtFirst = queued;
    queuedBefore = queued;
    steps = 0;
    stepNanos = Math.min(STEP_NANOS_MAX, Math.max(STEP_NANOS_MIN, tookNanos / STEP_SHARE));
    return stepNanos;
  }

  /** Whether a batch of all that are queued is not to be sent yet. */
  boolean isOn(int queued) {
    return queued < wanted;
  }

  long round() {
    return round;
  }

  /** Time has passed since the wait given began. Answers as {@link #begin} does. */
  long step(long ofRound, int queued) {
    if (ofRound != round) {
      return 0;
    }
    steps++;
    if (isOn(queued) && queued > queuedBefore && steps < STEPS_MAX) {
      queuedBefore = queued;
      return stepNanos;
    }
    end(queued);
    return 0;
  }

  /** A batch of all that are queued is sent. */
  void end(int queued) {
    if (wanted == 0) {
      return;
    }
    wanted = 0;
    if (queued - queuedAtFirst >= answered / 2) {
      passOverNext = 1;
    } else {
      passOver = passOverNext;
      passOverNext = Math.min(PASSED_OVER_MAX, 2 * passOverNext);
    }
  }
}
