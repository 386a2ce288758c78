package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Resources that wait to be sent, the newest content of each name, and the hashes of what was sent
 * last, so that nothing is sent twice. Bounded by the number of names that are exported.
 */
final class OfferQueue {
  /** A kind and a name. */
  record ResourceKey(String url, String id) implements Comparable<ResourceKey> {
    @Override
    public int compareTo(ResourceKey other) {
      int byUrl = url.compareTo(other.url);
      return byUrl != 0 ? byUrl : id.compareTo(other.id);
    }
  }

  /** A resource in the form in which it is sent. */
  record Offer(ResourceType type, String id, Any payload) {}

  private record Waiting(ResourceType type, Message payload) {}

  private final Map<ResourceKey, Waiting> open = new LinkedHashMap<>();
  private final Map<String, Map<ResourceKey, Waiting>> gated = new TreeMap<>();
  private final Map<ResourceKey, ByteString> sent = new TreeMap<>();

  /** Takes the newest content of a resource; {@code flows}: its gate is open. */
  void offer(ResourceType type, String id, Message payload, boolean flows) {
    Map<ResourceKey, Waiting> target =
        flows ? open : gated.computeIfAbsent(type.gate(), gate -> new LinkedHashMap<>());
    target.put(new ResourceKey(type.url(), id), new Waiting(type, payload));
  }

  void withdraw(ResourceType type, String id) {
    ResourceKey key = new ResourceKey(type.url(), id);
    open.remove(key);
    sent.remove(key);
    Map<ResourceKey, Waiting> behind = gated.get(type.gate());
    if (behind != null) {
      behind.remove(key);
    }
  }

  void openGate(String url) {
    Map<ResourceKey, Waiting> behind = gated.remove(url);
    if (behind != null) {
      open.putAll(behind);
    }
  }

  /** Forgets what waits behind a gate, and answers it by name. */
  Map<String, Message> takeBehind(String url) {
    Map<String, Message> taken = new LinkedHashMap<>();
    Map<ResourceKey, Waiting> behind = gated.remove(url);
    if (behind != null) {
      behind.forEach((key, waiting) -> taken.put(key.id(), waiting.payload()));
    }
    return taken;
  }

  /** The next resource whose content differs from what was sent last. */
  Optional<Offer> next() {
    var offers = open.entrySet().iterator();
    while (offers.hasNext()) {
      Entry<ResourceKey, Waiting> entry = offers.next();
      offers.remove();
      byte[] bytes = Deterministic.bytes(entry.getValue().payload());
      ByteString hash = Deterministic.sha256(bytes);
      if (!hash.equals(sent.put(entry.getKey(), hash))) {
        ResourceType type = entry.getValue().type();
        Any payload =
            Any.newBuilder().setTypeUrl(type.url()).setValue(ByteString.copyFrom(bytes)).build();
        return Optional.of(new Offer(type, entry.getKey().id(), payload));
      }
    }
    return Optional.empty();
  }

  /** How many wait to be sent. */
  int size() {
    int waiting = open.size();
    for (Map<ResourceKey, Waiting> behind : gated.values()) {
      waiting += behind.size();
    }
    return waiting;
  }
}
