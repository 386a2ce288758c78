package io.hanse.peering.link;

import io.hanse.peering.proto.ReplicationMessage;
import java.util.Set;

/**
 * Our direction of one stream with another cluster. Calls are safe from any thread, never block and
 * do nothing once the stream has ended.
 */
public interface Outbound {
  /** The extension by which services travel in changes. */
  String CHANGES = "changes-1";

  /** The extension by which a server that hangs is left soon. */
  String PROMPT_HEARTBEATS = "prompt-heartbeats-1";

  /** Sends a message after all sent before. */
  void send(ReplicationMessage message);

  /**
   * What is sent from now on rests on a state as new as this index, or older. Told along to
   * proxies.
   */
  default void restsOn(long index) {}

  /**
   * Whether the transport takes more without buffering beyond its window. Messages of bounded
   * number, as answers and heartbeats, may be sent nevertheless; data should wait for {@link
   * Inbound#onReady}.
   */
  boolean isReady();

  /** Asks for one more inbound message. Nothing arrives that was not asked for. */
  void requestNext();

  /**
   * The other end has shown who it is: from now on its messages may be large. An acceptor takes
   * small ones only before.
   */
  default void admit() {}

  /**
   * The other end is one of those that are expected here: it may have more connections than a
   * stranger.
   */
  default void known() {}

  /** Sends no more and leaves the other direction open. An acceptor's stream ends well by it. */
  void halfClose();

  /** Ends the stream: an acceptor's with this status, a dialer's by cancelling the call. */
  void close(LinkStatus status);

  /** What the other end announced; complete with the first message from it. */
  Set<String> extensions();

  /**
   * Grows with what has come of the messages that were asked for, parts of them too; 0 where that
   * is not counted.
   */
  default long receivedBytes() {
    return 0;
  }

  /**
   * Whether a message has come whole and waits for a thread of ours; false where that is not known.
   */
  default boolean isDelivering() {
    return false;
  }

  /** The other end's address, for logs. */
  String remote();
}
