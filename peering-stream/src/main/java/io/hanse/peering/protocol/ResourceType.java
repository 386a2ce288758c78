package io.hanse.peering.protocol;

import com.google.protobuf.Descriptors.Descriptor;

/**
 * A kind of resource on a stream.
 *
 * @param url names the kind, on the wire and in the payload
 * @param gate the url whose subscription lets resources of this kind flow; mostly its own
 * @param order whether resources of other names may be stored meanwhile
 */
public record ResourceType(String url, String gate, Order order) {
  private static final String URL_PREFIX = "type.googleapis.com/";

  /** In which order a receiver stores resources of a kind. */
  public enum Order {
    /** In the order of arrival per name; different names do not wait for each other. */
    PER_NAME,
    /** After all that arrived before it, and before all that arrives after it. */
    ALONE
  }

  public static ResourceType of(Descriptor payload, Order order) {
    return new ResourceType(urlOf(payload), urlOf(payload), order);
  }

  /** A kind that flows as soon as another kind is subscribed to. */
  public ResourceType gatedBy(ResourceType other) {
    return new ResourceType(url, other.url, order);
  }

  private static String urlOf(Descriptor payload) {
    return URL_PREFIX + payload.getFullName();
  }
}
