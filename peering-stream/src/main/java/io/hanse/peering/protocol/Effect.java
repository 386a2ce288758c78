package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import io.hanse.fsm.row.ImportChange;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.List;
import java.util.Map;

/** What a stream wants done, in order. */
public sealed interface Effect {
  record Send(ReplicationMessage message) implements Effect {}

  /** Ask the transport for one more message. */
  record Read() implements Effect {}

  /** Give {@link Input.TransportReady} as soon as the transport takes more without a queue. */
  record AwaitReady() implements Effect {}

  /**
   * Store what was received, and answer with {@link Input.ImportFinished}. Imports that are handed
   * out and not finished do not depend on each other.
   */
  record Import(long sequence, ResourceType type, String id, Any payload) implements Effect {}

  /**
   * The exporter is to be told what is held of it: from now on nothing that an earlier stream
   * brings may be stored. Answer with {@link Input.HeldRead}.
   */
  record ReadHeld() implements Effect {}

  /**
   * Store the changes of one message, and answer with {@link Input.ChangesStored}.
   *
   * @param refusals by position: those that are not to be stored
   */
  record ImportChanges(long number, List<ImportChange> changes, Map<Integer, String> refusals)
      implements Effect {}

  /** The content of a service of ours is wanted once more, as it is now. */
  record Ask(String name) implements Effect {}

  /** Contents of services of ours that were not given yet are wanted in this order. */
  record AskInOrder(List<String> names) implements Effect {}

  /** The importer has this content of a service of ours, or has forgotten the service. */
  record Confirmed(String name, long exporterIndex, long importerIndex, boolean gone)
      implements Effect {}

  /**
   * The other end ended the relation: make that durable, then give {@link Input.TerminationStored}.
   */
  record StoreTermination() implements Effect {}

  /** A resource of ours can't be sent; the stream goes on without it. */
  record Refused(ResourceType type, String id, String reason) implements Effect {}

  /** The status changed. */
  record Report(PeerStreamStatus status) implements Effect {}

  /** Send no more, and keep reading. */
  record HalfClose() implements Effect {}

  /**
   * The stream is over, nothing follows. An acceptor's ends with the status; a dialer's is
   * cancelled unless the other end has ended it.
   */
  record Close(Cause cause, LinkStatus status) implements Effect {}

  /** Why a stream is over. */
  enum Cause {
    /** We deleted the relation. With a status of OK, the other end knows. */
    DELETED,
    /** The other end deleted the relation. */
    TERMINATED,
    /** All else: a dialer tries again. */
    FAILED
  }
}
