package io.hanse.peering.protocol;

import io.hanse.fsm.view.Keys;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Services that came after a list that does not name them. A Consul that takes a service out of its
 * exports sends the list and only then ends the watch of the service, so a change that was on its
 * way can follow, and no message ever takes it back. The list is therefore stored once more, a
 * while after. Source: peering protocol, sections 6.1 and 7.4.
 */
final class StrayServices {
  /** Longer than a list and the services that it names are apart on a slow link. */
  static final long GRACE_MILLIS = 10_000;

  private static final long NEVER = Long.MAX_VALUE;

  /** The newest list, once it is stored. */
  private @Nullable Response list;

  private Set<String> named = Set.of();
  private long dueMillis = NEVER;
  private boolean isQueued;

  /** Takes note of what came. A list that waits to be stored must not be undone by an older one. */
  void received(ResourceType type) {
    if (type.equals(PeerResources.SERVICE_LIST)) {
      list = null;
      dueMillis = NEVER;
    }
  }

  /** Takes note of what came and was stored; one of the kinds that {@link PeerResources} knows. */
  void stored(long nowMillis, ResourceType type, Response response) {
    if (type.equals(PeerResources.SERVICE_LIST)) {
      list = response;
      named = new TreeSet<>();
      for (String name : PeerResources.namesIn(response.getResource())) {
        named.add(Keys.fold(name));
        named.add(Keys.fold(name + PeerResources.TWIN_SUFFIX));
      }
    } else if (type.equals(PeerResources.SERVICE)
        && dueMillis == NEVER
        && !isQueued
        && list != null
        && !named.contains(Keys.fold(response.getResourceId()))) {
      dueMillis = nowMillis + GRACE_MILLIS;
    }
  }

  /**
   * The list that has to be stored once more, now; {@link #finished} says how that went. It has no
   * nonce, as nobody waits for an answer.
   */
  Optional<Response> due(long nowMillis) {
    if (nowMillis < dueMillis || list == null) {
      return Optional.empty();
    }
    dueMillis = NEVER;
    isQueued = true;
    return Optional.of(list.toBuilder().clearNonce().build());
  }

  /** Takes note that a list of {@link #due} was stored, or that it has to be tried again. */
  void finished(long nowMillis, boolean isStored) {
    isQueued = false;
    if (!isStored && list != null) {
      dueMillis = nowMillis + GRACE_MILLIS;
    }
  }

  /** Whether a list that has been stored, or refused, is one of {@link #due}. */
  static boolean isOwn(Response response) {
    return response.getNonce().isEmpty();
  }
}
