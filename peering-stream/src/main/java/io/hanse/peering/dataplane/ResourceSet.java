package io.hanse.peering.dataplane;

import com.google.protobuf.Message;
import io.hanse.peering.protocol.ResourceType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that one proxy is to have: what it is offered, and the lists that say what there is. Whether
 * a content is new is not its business.
 */
final class ResourceSet {
  /** Where resources go. */
  interface Sink {
    void offered(ResourceType type, String id, Message payload);

    void withdrawn(ResourceType type, String id);
  }

  private final Sink sink;
  private final Map<ResourceType, ListedNames> kinds = new LinkedHashMap<>();

  /**
   * Nothing yet.
   *
   * @param inParts whether the proxy takes a list in parts
   */
  ResourceSet(Collection<ResourceType> types, boolean inParts, Sink sink) {
    this.sink = sink;
    types.forEach(type -> kinds.put(type, new ListedNames(type, inParts)));
  }

  void put(ResourceType type, String id, Message payload) {
    names(type).add(id);
    sink.offered(type, id, payload);
  }

  void remove(ResourceType type, String id) {
    if (names(type).remove(id)) {
      sink.withdrawn(type, id);
    }
  }

  /** Removes all of a kind but these. */
  void retain(ResourceType type, Collection<String> ids) {
    for (String id : names(type).names()) {
      if (!ids.contains(id)) {
        remove(type, id);
      }
    }
  }

  /** Offers the lists of the kinds that are said to be known, where names have changed. */
  void offerLists(Collection<ResourceType> known, long index) {
    for (ResourceType type : known) {
      names(type).offer(sink, index);
    }
  }

  private ListedNames names(ResourceType type) {
    ListedNames names = kinds.get(type);
    if (names == null) {
      throw new IllegalArgumentException("not a kind of this proxy's: " + type.url());
    }
    return names;
  }
}
