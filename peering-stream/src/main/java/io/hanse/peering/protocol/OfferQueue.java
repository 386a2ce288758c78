package io.hanse.peering.protocol;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

  /** The next resource whose content differs from what was sent last. */
  Optional<Offer> next() {
    var offers = open.entrySet().iterator();
    while (offers.hasNext()) {
      Entry<ResourceKey, Waiting> entry = offers.next();
      offers.remove();
      ByteString bytes = deterministic(entry.getValue().payload());
      ByteString hash = sha256(bytes);
      if (!hash.equals(sent.put(entry.getKey(), hash))) {
        ResourceType type = entry.getValue().type();
        Any payload = Any.newBuilder().setTypeUrl(type.url()).setValue(bytes).build();
        return Optional.of(new Offer(type, entry.getKey().id(), payload));
      }
    }
    return Optional.empty();
  }

  private static ByteString deterministic(Message payload) {
    byte[] bytes = new byte[payload.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      payload.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes);
  }

  private static ByteString sha256(ByteString bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      bytes.asReadOnlyByteBufferList().forEach(digest::update);
      return ByteString.copyFrom(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
