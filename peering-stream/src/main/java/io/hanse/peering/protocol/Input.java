package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;

/** What can happen to a stream. */
public sealed interface Input {
  /** The stream is open: for an acceptor, once the other end was let in. First of all inputs. */
  record Started() implements Input {}

  record MessageReceived(ReplicationMessage message) implements Input {}

  /** Something of the other end's came, be it a part of a message that goes on. */
  record PartReceived() implements Input {}

  /** Both ends announced that the one that was dialed sends heartbeats often. */
  record PromptHeartbeatsAgreed() implements Input {}

  /** Time has passed; to be given at least once a second. */
  record Tick() implements Input {}

  /**
   * The whole content of a resource of ours, new or changed.
   *
   * @param version a content of another version is sent though it is the same; 0: it has none
   */
  record Offered(ResourceType type, String id, Message payload, long version) implements Input {
    public Offered(ResourceType type, String id, Message payload) {
      this(type, id, payload, 0);
    }

    static Offered of(ServiceContent content) {
      return new Offered(
          PeerResources.SERVICE, content.name(), content.service(), content.version());
    }
  }

  /** A resource of ours is no longer watched. It is sent anew if it is offered again. */
  record Withdrawn(ResourceType type, String id) implements Input {}

  /** What only streams between two Hanses know. */
  sealed interface OfChanges extends Input {}

  /** Both ends announced that they speak in changes; before any message that depends on it. */
  record ChangesAgreed() implements OfChanges {}

  /**
   * The names of all services that are exported from now on, twins included.
   *
   * <p>Before the content of a new one is given.
   */
  record ExportedNames(SortedSet<String> names) implements OfChanges {}

  /** The content of an exported service. */
  record ServiceOffered(ServiceContent content) implements OfChanges {}

  /** The content of an exported service has these marks, and is to be had by {@link Effect.Ask}. */
  record ServiceUnchanged(String name, Content marks) implements OfChanges {}

  /** What {@link Effect.ReadHeld} asked for: what is imported, by name, with the marks. */
  record HeldRead(SortedMap<String, ByteString> marks) implements OfChanges {}

  /**
   * Every content of an exported service that there was at a time was given, or a newer one.
   *
   * @param isRestUnread whether what was not given since is only what can't be read now
   */
  record AllOffered(long asOfMillis, boolean isRestUnread) implements OfChanges {}

  /**
   * What became of {@link Effect.ImportChanges}.
   *
   * @param index under which the rest can be read
   * @param refusals by position, for the other end
   * @param misfits positions of differences to something else than what is stored
   */
  record ChangesStored(long number, long index, Map<Integer, String> refusals, Set<Integer> misfits)
      implements OfChanges {}

  /** The transport takes more data: the answer to {@link Effect.AwaitReady}. */
  record TransportReady() implements Input {}

  /**
   * What was received is stored, or can't be.
   *
   * @param sequence of the {@link Effect.Import}
   * @param problem why it can't be stored, for the other end
   */
  record ImportFinished(long sequence, Optional<String> problem) implements Input {}

  /** Our side of the relation is to be deleted: the other end is told. */
  record DeleteRequested() implements Input {}

  /** What {@link Effect.StoreTermination} asked for is durable. */
  record TerminationStored() implements Input {}

  /** This server no longer leads; where the leader may be, if known. */
  record LeadershipLost(Optional<LeaderPlace> leader) implements Input {}

  /** The stream is to end for a reason outside of it. */
  record Stopped(LinkStatus status) implements Input {}

  /** The other end sends no more. Only an acceptor sees it. */
  record HalfClosed() implements Input {}

  /** The stream was ended by the other end, or broke. */
  record RemoteEnded(LinkStatus status) implements Input {}
}
