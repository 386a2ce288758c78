package io.hanse.peering.replication;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.protocol.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Takes the streams that other clusters open: lets in who knows a secret, and keeps one stream per
 * peering. A newer one takes the place of an older one, whose connection may be dead without
 * anybody knowing.
 */
final class AcceptedStreams implements StreamAcceptor {
  private final Replication replication;
  private final Map<String, PeerStream> streams = new ConcurrentSkipListMap<>();

  /** Guarded by this object, so that no stream slips in beside the end of a leadership. */
  private boolean isOpen;

  AcceptedStreams(Replication replication) {
    this.replication = replication;
  }

  @Override
  public Inbound accept(Outbound outbound) {
    Greeting greeting = new Greeting(replication, this, outbound);
    greeting.start();
    return greeting;
  }

  /**
   * Lets streams in from now on. That this server leads is known earlier than all is forgotten that
   * was known of the streams of its last leadership: what is let in between would be forgotten too.
   */
  synchronized void open() {
    isOpen = true;
  }

  @Override
  public synchronized boolean isOpen() {
    return isOpen;
  }

  /**
   * Makes a stream the one of its peering, and the one that reports of it: were that two steps, the
   * older of two that come at once could be the one that is heard of, and it ends.
   *
   * @return false: no stream is let in
   */
  boolean register(String peeringId, PeerStream stream) {
    PeerStream older;
    synchronized (this) {
      if (!isOpen) {
        return false;
      }
      older = streams.put(peeringId, stream);
      replication.statuses().claim(peeringId, stream);
    }
    if (older != null) {
      older.stop(
          LinkStatus.of(LinkStatus.Code.ABORTED, "a newer stream of this peering was opened"));
    }
    return true;
  }

  void unregister(String peeringId, PeerStream stream) {
    streams.remove(peeringId, stream);
  }

  /** Lets no stream in, and ends those that were. */
  void leadershipLost() {
    List<PeerStream> all;
    synchronized (this) {
      isOpen = false;
      all = new ArrayList<>(streams.values());
    }
    all.forEach(PeerStream::leadershipLost);
  }

  /** The rows of one version, for a judgement. */
  record StoredPeerings(View view) implements Opening.Stored {
    @Override
    public Optional<Peering> peering(String id) {
      return new Peerings(view).byId(id);
    }

    @Override
    public Optional<PeeringSecrets> secrets(String id) {
      return new Peerings(view).secrets(id);
    }

    @Override
    public boolean isTrustReady() {
      Ca ca = new Ca(view);
      return ca.trustDomain().isPresent() && ca.activeRoot().isPresent();
    }
  }
}
