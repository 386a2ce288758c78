package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells an operator what became of the streams that are dialed for a peering. */
record DialNews(String peeringId) {
  private static final Logger LOG = LoggerFactory.getLogger(DialLoop.class);

  /** Answers to who comes to say farewell and nothing else: it is known, or nobody knows us. */
  private static final Set<LinkStatus.Code> KNOWN_THERE =
      EnumSet.of(
          LinkStatus.Code.ABORTED,
          LinkStatus.Code.INVALID_ARGUMENT,
          LinkStatus.Code.PERMISSION_DENIED);

  /** A follower's answer is how the leader of the other cluster is found: no trouble. */
  static boolean isFollowers(LinkStatus status) {
    return status.code() == LinkStatus.Code.FAILED_PRECONDITION;
  }

  /** Whether a farewell is answered as one that need not be said again. */
  static boolean isKnownThere(LinkStatus status) {
    return KNOWN_THERE.contains(status.code());
  }

  void lost(String peer, LinkTarget way, LinkStatus status) {
    LOG.atLevel(isFollowers(status) ? Level.INFO : Level.WARN)
        .log(
            "stream lost, dialing again peer={} peering={} address={} code={} text={}",
            peer,
            peeringId,
            way.shown(),
            status.code(),
            Quoted.of(status.text()));
  }

  /** An attempt ended as nobody foresaw; answers how it counts. */
  LinkStatus broke(LinkTarget way, Throwable cause) {
    LOG.error("cannot dial, trying again peering={} address={}", peeringId, way.shown(), cause);
    return LinkStatus.of(LinkStatus.Code.INTERNAL, String.valueOf(cause));
  }

  /**
   * An attempt has failed.
   *
   * @param isNews it did not fail so before
   */
  void failed(String peer, LinkStatus status, boolean isNews, long delayMillis) {
    if (isFollowers(status)) {
      LOG.debug("server of peer does not lead peer={} peering={}", peer, peeringId);
    } else if (isNews) {
      LOG.warn(
          "stream failed, dialing again peer={} peering={} code={} text={} delay_ms={}",
          peer,
          peeringId,
          status.code(),
          Quoted.of(status.text()),
          delayMillis);
    }
  }
}
