package io.hanse.raft;

import java.util.TreeSet;

/**
 * One registration of this server as a submitter: numbers its commands, and knows below which
 * number all have been answered.
 */
final class Session {
  private final long client;
  private final TreeSet<Long> open = new TreeSet<>();
  private long next = 1;

  Session(long client) {
    this.client = client;
  }

  long client() {
    return client;
  }

  synchronized long begin() {
    open.add(next);
    return next++;
  }

  /** The command got its answer, or nobody waits for it any more. */
  synchronized void end(long sequence) {
    open.remove(sequence);
  }

  /** Results below it will not be asked for again. */
  synchronized long ackedBelow() {
    return open.isEmpty() ? next : open.first();
  }
}
