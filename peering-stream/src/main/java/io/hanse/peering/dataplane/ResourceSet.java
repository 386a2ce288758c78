package io.hanse.peering.dataplane;

import com.google.protobuf.Message;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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

  /** The names of one kind, in order. */
  private static final class Names {
    final Set<String> names = new TreeSet<>();
    boolean changed = true;
  }

  private final Sink sink;
  private final Map<ResourceType, Names> kinds = new LinkedHashMap<>();

  ResourceSet(Collection<ResourceType> types, Sink sink) {
    this.sink = sink;
    types.forEach(type -> kinds.put(type, new Names()));
  }

  void put(ResourceType type, String id, Message payload) {
    Names names = names(type);
    names.changed |= names.names.add(id);
    sink.offered(type, id, payload);
  }

  void remove(ResourceType type, String id) {
    Names names = names(type);
    if (names.names.remove(id)) {
      names.changed = true;
      sink.withdrawn(type, id);
    }
  }

  /** Removes all of a kind but these. */
  void retain(ResourceType type, Collection<String> ids) {
    for (String id : List.copyOf(names(type).names)) {
      if (!ids.contains(id)) {
        remove(type, id);
      }
    }
  }

  /** Offers the lists of the kinds that are said to be known, where names have changed. */
  void offerLists(Collection<ResourceType> known, long index) {
    for (ResourceType type : known) {
      Names names = names(type);
      if (names.changed) {
        names.changed = false;
        sink.offered(
            ProxyResources.LIST,
            ProxyResources.listId(type),
            ResourceList.newBuilder().addAllNames(names.names).setIndex(index).build());
      }
    }
  }

  private Names names(ResourceType type) {
    Names names = kinds.get(type);
    if (names == null) {
      throw new IllegalArgumentException("not a kind of this proxy's: " + type.url());
    }
    return names;
  }
}
