package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells an operator what became of the streams that are dialed for a peering. */
record DialNews(String peeringId) {
  private static final Logger LOG = LoggerFactory.getLogger(DialLoop.class);

  /** A follower's answer is how the leader of the other cluster is found: no trouble. */
  static boolean isFollowers(LinkStatus status) {
    return status.code() == LinkStatus.Code.FAILED_PRECONDITION;
  }

  void lost(String peer, LinkStatus status) {
    LOG.atLevel(isFollowers(status) ? Level.INFO : Level.WARN)
        .log(
            "stream lost, dialing again peer={} peering={} code={} text={}",
            peer,
            peeringId,
            status.code(),
            Quoted.of(status.text()));
  }

  /** An attempt ended as nobody foresaw; answers how it counts. */
  LinkStatus broke(LinkTarget way, RuntimeException cause) {
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
