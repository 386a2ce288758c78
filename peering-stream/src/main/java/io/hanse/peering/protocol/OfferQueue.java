package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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

  private final Map<ResourceKey, Input.Offered> open = new LinkedHashMap<>();
  private final Map<String, Map<ResourceKey, Input.Offered>> gated = new TreeMap<>();
  private final Map<ResourceKey, ByteString> sent = new TreeMap<>();

  /**
   * Takes the newest content of a resource, behind all that wait: services share rows, so what was
   * read first has to be stored first.
   *
   * @param flows its gate is open
   */
  void offer(Input.Offered offered, boolean flows) {
    ResourceType type = offered.type();
    Map<ResourceKey, Input.Offered> target =
        flows ? open : gated.computeIfAbsent(type.gate(), gate -> new LinkedHashMap<>());
    ResourceKey key = new ResourceKey(type.url(), offered.id());
    target.remove(key);
    target.put(key, offered);
  }

  void withdraw(ResourceType type, String id) {
    ResourceKey key = new ResourceKey(type.url(), id);
    open.remove(key);
    sent.remove(key);
    Map<ResourceKey, Input.Offered> behind = gated.get(type.gate());
    if (behind != null) {
      behind.remove(key);
    }
  }

  void openGate(String url) {
    Map<ResourceKey, Input.Offered> behind = gated.remove(url);
    if (behind != null) {
      open.putAll(behind);
    }
  }

  /** Forgets what waits behind a gate, and answers it. */
  Collection<Input.Offered> takeBehind(String url) {
    Map<ResourceKey, Input.Offered> behind = gated.remove(url);
    return behind == null ? List.of() : behind.values();
  }

  /** The next resource whose content differs from what was sent last. */
  Optional<Offer> next() {
    var offers = open.entrySet().iterator();
    while (offers.hasNext()) {
      Entry<ResourceKey, Input.Offered> entry = offers.next();
      offers.remove();
      Input.Offered offered = entry.getValue();
      byte[] bytes = Deterministic.bytes(offered.payload());
      ByteString hash = Deterministic.sha256(bytes, offered.version());
      if (!hash.equals(sent.put(entry.getKey(), hash))) {
        ResourceType type = offered.type();
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
    for (Map<ResourceKey, Input.Offered> behind : gated.values()) {
      waiting += behind.size();
    }
    return waiting;
  }
}
