package io.hanse.peering.protocol;

import java.util.List;
import java.util.Optional;

/**
 * The kinds of resources that a stream knows, in the order in which they are subscribed to. The one
 * thing in which a stream between peers and a stream to a proxy differ.
 */
public record ResourceTable(List<ResourceType> types) {
  public ResourceTable {
    types = List.copyOf(types);
  }

  public static ResourceTable of(ResourceType... types) {
    return new ResourceTable(List.of(types));
  }

  public Optional<ResourceType> byUrl(String url) {
    for (ResourceType type : types) {
      if (type.url().equals(url)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
