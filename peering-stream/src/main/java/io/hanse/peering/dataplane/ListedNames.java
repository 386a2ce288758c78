package io.hanse.peering.dataplane;

import com.google.protobuf.ByteString;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ListParts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names of one kind of a proxy's resources, and the list that it is told of them: in parts
 * where they are many, so that no message is too large, and that a name which comes or goes is one
 * part and not all of them. Which part a name is in depends on the name and on how many parts there
 * are.
 */
final class ListedNames {
  /** What a part has in the mean before there are twice as many. */
  private static final int PART_BYTES_MAX = 256 << 10;

  /** And before there are half as many: no number of names is near both. */
  private static final int PART_BYTES_MIN = 32 << 10;

  /** A name's own bytes in a message, besides it. */
  private static final int NAME_BYTES = 3;

  private static final int SALT_BYTES = 16;

  /** One of the parts. */
  private static final class Part {
    final SortedSet<String> names = new TreeSet<>();
    ByteString digest = ByteString.EMPTY;
    boolean isToldAsItIs;
  }

  private final String listId;
  private final int partsMax;
  private final byte[] salt = new byte[SALT_BYTES];
  private List<Part> parts = List.of(new Part());
  private long bytes;
  private boolean changed = true;

  /**
   * None yet.
   *
   * @param inParts whether the proxy understands parts
   */
  ListedNames(ResourceType type, boolean inParts) {
    listId = ProxyResources.listId(type);
    partsMax = inParts ? ListParts.COUNT_MAX : 1;
    ThreadLocalRandom.current().nextBytes(salt);
  }

  void add(String name) {
    Part part = partOf(name);
    if (part.names.add(name)) {
      changed(part, bytesOf(name));
    }
  }

  /** Answers whether it was there. */
  boolean remove(String name) {
    Part part = partOf(name);
    boolean wasThere = part.names.remove(name);
    if (wasThere) {
      changed(part, -bytesOf(name));
    }
    return wasThere;
  }

  private void changed(Part part, int more) {
    part.isToldAsItIs = false;
    bytes += more;
    changed = true;
  }

  private static int bytesOf(String name) {
    return name.length() + NAME_BYTES;
  }

  private Part partOf(String name) {
    int count = parts.size();
    return parts.get(count == 1 ? 0 : ListParts.partOf(name, salt, count));
  }

  /** All of them, as of now. */
  List<String> names() {
    List<String> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.names));
    return all;
  }

  /** Offers the list if names have changed: its parts, as far as these have, and then itself. */
  void offer(ResourceSet.Sink sink, long index) {
    if (!changed) {
      return;
    }
    changed = false;
    fit(sink);
    ResourceList.Builder list = ResourceList.newBuilder().setIndex(index);
    if (parts.size() == 1) {
      list.addAllNames(parts.get(0).names);
    } else {
      for (int i = 0; i < parts.size(); i++) {
        list.addParts(told(sink, i));
      }
    }
    sink.offered(ProxyResources.LIST, listId, list.build());
  }

  private ByteString told(ResourceSet.Sink sink, int number) {
    Part part = parts.get(number);
    if (!part.isToldAsItIs) {
      part.isToldAsItIs = true;
      part.digest = ListParts.digest(part.names);
      ResourceList content = ResourceList.newBuilder().addAllNames(part.names).build();
      sink.offered(ProxyResources.LIST, ListParts.id(listId, number), content);
    }
    return part.digest;
  }

  /** Makes as many parts as there are to be. */
  private void fit(ResourceSet.Sink sink) {
    int before = parts.size();
    int count = before;
    while (count < partsMax && bytes > (long) count * PART_BYTES_MAX) {
      count *= 2;
    }
    while (count > 1 && bytes < (long) count * PART_BYTES_MIN) {
      count /= 2;
    }
    if (count == before) {
      return;
    }
    List<String> all = names();
    List<Part> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      made.add(new Part());
    }
    parts = made;
    all.forEach(name -> partOf(name).names.add(name));
    for (int i = count == 1 ? 0 : count; before > 1 && i < before; i++) {
      sink.withdrawn(ProxyResources.LIST, ListParts.id(listId, i));
    }
  }
}
