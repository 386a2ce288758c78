package io.hanse.gateway.feed;

import com.google.protobuf.ByteString;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ListParts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes one list of names of the parts in which it comes. Parts stay: the next list names those
 * that have not changed once more. What is not whole yet is nothing.
 */
final class ListAssembly {
  private record Part(List<String> names, ByteString digest) {}

  private final Map<Integer, Part> parts = new TreeMap<>();

  /** A part, of a list that comes or is there. Takes the place of the one before it. */
  void store(int number, List<String> names) {
    parts.put(number, new Part(List.copyOf(names), ListParts.digest(names)));
  }

  /** All names; empty if a part is not the one that the list means. */
  Optional<Set<String>> namesOf(ResourceList list) {
    if (list.getPartsCount() == 0) {
      parts.clear();
      return Optional.of(new LinkedHashSet<>(list.getNamesList()));
    }
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < list.getPartsCount(); i++) {
      Part part = parts.get(i);
      if (part == null || !part.digest().equals(list.getParts(i))) {
        return Optional.empty();
      }
      names.addAll(part.names());
    }
    parts.keySet().removeIf(number -> number >= list.getPartsCount());
    return Optional.of(names);
  }
}
