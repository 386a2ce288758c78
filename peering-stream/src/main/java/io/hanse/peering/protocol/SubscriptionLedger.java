package io.hanse.peering.protocol;

import io.hanse.peering.proto.ReplicationMessage.Request;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the other end has subscribed to, and what it was sent and has not answered. Knows nothing of
 * contents.
 */
public final class SubscriptionLedger {
  /**
   * A resource on its way.
   *
   * @param ids of all that it carries: its own, or that of each in a batch
   */
  public record Sent(ResourceType type, String id, List<String> ids, long sentMillis) {}

  private final Set<String> urls = new TreeSet<>();
  private final Map<String, Sent> unanswered = new LinkedHashMap<>();
  private long nonces;

  boolean isSubscribed(String url) {
    return urls.contains(url);
  }

  /**
   * What is wrong with a subscription.
   *
   * @param expected the only peer id that it may have; empty: any
   */
  static Optional<String> problemOf(Request request, String expected) {
    String peerId = request.getPeerId();
    if (!peerId.isEmpty() && !expected.isEmpty() && !peerId.equals(expected)) {
      return Optional.of(
          "initial subscription requests for a resource type must have consistent PeerID values:"
              + (" got=\"" + peerId + "\" expected=\"" + expected + "\""));
    }
    if (!request.getResponseNonce().isEmpty()) {
      return Optional.of(
          "initial subscription requests for a resource type must not contain a nonce");
    }
    return request.hasError()
        ? Optional.of("initial subscription request for a resource type must not contain an error")
        : Optional.empty();
  }

  void subscribe(String url) {
    urls.add(url);
  }

  /** Notes a resource as sent and answers its nonce: a counter over all kinds, per stream. */
  String send(ResourceType type, String id, List<String> ids, long nowMillis) {
    String nonce = String.format(Locale.ROOT, "%08x", ++nonces);
    unanswered.put(nonce, new Sent(type, id, ids, nowMillis));
    return nonce;
  }

  /** Takes an ack or a nack; empty for a nonce that was never sent, or answered before. */
  Optional<Sent> answer(String nonce) {
    return Optional.ofNullable(unanswered.remove(nonce));
  }

  public int unanswered() {
    return unanswered.size();
  }

  /** When the oldest unanswered resource was sent; 0 for none. */
  public long oldestMillis() {
    Iterator<Sent> all = unanswered.values().iterator();
    return all.hasNext() ? all.next().sentMillis() : 0;
  }
}
