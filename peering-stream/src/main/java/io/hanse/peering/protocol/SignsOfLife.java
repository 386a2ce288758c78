package io.hanse.peering.protocol;

import io.hanse.peering.link.LinkStatus;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * When a heartbeat is due, and when the other end has been silent for too long. Among Consuls that
 * takes two minutes without a heartbeat. A Hanse that is dialed by another one sends them more
 * often where both announced it, and is given up when nothing at all came for {@link
 * #PROMPT_SILENCE_MILLIS_MAX}: the servers beside one that hangs have another leader long since.
 *
 * <p>Silence is what this end has listened to: neither the time in which it does not read counts,
 * nor that in which it was itself at a halt, or had no thread to take what came.
 */
final class SignsOfLife {
  static final long PROMPT_HEARTBEAT_MILLIS = 5_000;

  /** A message may be on its way for long, so any part of one counts. */
  static final long PROMPT_SILENCE_MILLIS_MAX = 10_000;

  /** Between two ticks: they come once a second. */
  private static final long TICK_MILLIS_MAX = 2_000;

  private final StreamRules.Role role;
  private final long silenceMillisMax;
  private long heartbeatMillis;
  private long heartbeatDueMillis;
  private long silenceDueMillis;
  private long tickedMillis;
  private long unheardMillis;
  private boolean isPrompt;

  SignsOfLife(StreamRules rules) {
    role = rules.role();
    heartbeatMillis = rules.limits().heartbeatMillis();
    silenceMillisMax = rules.limits().silenceMillisMax();
  }

  void start(long nowMillis) {
    heartbeatDueMillis = nowMillis + heartbeatMillis;
    silenceDueMillis = nowMillis + silenceMillisMax;
    tickedMillis = nowMillis;
  }

  /** Both ends announced it: the one that was dialed sends, and the one that dialed listens. */
  void agreePrompt(long nowMillis) {
    if (isPrompt) {
      return;
    }
    isPrompt = true;
    unheardMillis = 0;
    if (role == StreamRules.Role.ACCEPTOR) {
      heartbeatMillis = Math.min(heartbeatMillis, PROMPT_HEARTBEAT_MILLIS);
      heartbeatDueMillis = Math.min(heartbeatDueMillis, nowMillis + heartbeatMillis);
    }
  }

  void heartbeat(long nowMillis) {
    silenceDueMillis = nowMillis + silenceMillisMax;
  }

  /** Something came, be it a part of a message. */
  void heard() {
    unheardMillis = 0;
  }

  /**
   * Time has passed.
   *
   * @param isReading whether this end takes what comes
   * @return why the other end is given up
   */
  Optional<LinkStatus> tick(long nowMillis, boolean isReading) {
    long passed = Math.min(nowMillis - tickedMillis, TICK_MILLIS_MAX);
    tickedMillis = nowMillis;
    unheardMillis = isReading ? unheardMillis + passed : 0;
    if (nowMillis >= silenceDueMillis) {
      // As Consul says it.
      return Optional.of(LinkStatus.of(LinkStatus.Code.UNKNOWN, "heartbeat timeout"));
    }
    if (!isPrompt || role != StreamRules.Role.DIALER || unheardMillis < PROMPT_SILENCE_MILLIS_MAX) {
      return Optional.empty();
    }
    String text =
        "nothing came for "
            + TimeUnit.MILLISECONDS.toSeconds(unheardMillis)
            + " s: the connection is cut, or the server hangs";
    return Optional.of(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text));
  }

  /** Whether one is to be sent now: at a fixed rate, but without a burst after a pause. */
  boolean takeHeartbeat(long nowMillis) {
    if (nowMillis < heartbeatDueMillis) {
      return false;
    }
    heartbeatDueMillis += heartbeatMillis;
    if (heartbeatDueMillis <= nowMillis) {
      heartbeatDueMillis = nowMillis + heartbeatMillis;
    }
    return true;
  }
}
