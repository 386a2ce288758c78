package io.hanse.jepsen.history;

/**
 * A time in which a client was sure to hold a lock: from the answer that gave it to the moment when
 * it began to give it back.
 *
 * @param fence the lock's own count of its holders, as read meanwhile; 0: not learned
 */
public record Hold(String lock, String holder, long fromNanos, long untilNanos, long fence) {}
