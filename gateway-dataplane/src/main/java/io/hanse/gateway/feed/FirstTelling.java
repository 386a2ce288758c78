package io.hanse.gateway.feed;

import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a server gets on with telling a proxy all that there is, once. A word that it lives is
 * none of that; but who has much to tell, or a slow line, is not left while any of it comes.
 */
final class FirstTelling {
  /**
   * Within that something has to come: a server reads what a large cluster has in a few seconds.
   */
  static final long PAUSE_MILLIS_MAX = 30_000;

  /** Words that it lives are a tenth of that, in that time. */
  private static final long BYTES_MIN = 1_024;

  private final Set<String> missing = new TreeSet<>();
  private boolean hasTold;
  private long receivedBytes;

  FirstTelling(String proxyKind) {
    ProxyResources.of(proxyKind).forEach(type -> missing.add(ProxyResources.listId(type)));
  }

  void told(ResourceType type, String id) {
    hasTold = true;
    if (type.equals(ProxyResources.LIST)) {
      missing.remove(id);
    }
  }

  /** Whether the server has said of each kind which there are. */
  boolean isWhole() {
    return missing.isEmpty();
  }

  /**
   * Whether anything came since this was asked last.
   *
   * @param bytes of messages, whole or not, since the stream began
   */
  boolean goesOn(long bytes) {
    boolean goesOn = hasTold || bytes - receivedBytes >= BYTES_MIN;
    hasTold = false;
    receivedBytes = bytes;
    return goesOn;
  }
}
