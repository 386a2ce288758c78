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

  private @Nullable Response list;
  private Set<String> named = Set.of();
  private long dueMillis = NEVER;

  /** Takes note of what was stored; one of the kinds that {@link PeerResources} knows. */
  void stored(long nowMillis, ResourceType type, Response response) {
    if (type.equals(PeerResources.SERVICE_LIST)) {
      list = response;
      named = new TreeSet<>();
      for (String name : PeerResources.namesIn(response.getResource())) {
        named.add(Keys.fold(name));
        named.add(Keys.fold(name + PeerResources.TWIN_SUFFIX));
      }
      dueMillis = NEVER;
    } else if (type.equals(PeerResources.SERVICE)
        && dueMillis == NEVER
        && list != null
        && !named.contains(Keys.fold(response.getResourceId()))) {
      dueMillis = nowMillis + GRACE_MILLIS;
    }
  }

  /**
   * The list that has to be stored once more, now. It has no nonce, as nobody waits for an answer.
   */
  Optional<Response> due(long nowMillis) {
    if (nowMillis < dueMillis || list == null) {
      return Optional.empty();
    }
    // Tried again, should it fail.
    dueMillis = nowMillis + GRACE_MILLIS;
    return Optional.of(list.toBuilder().clearNonce().build());
  }

  /** Whether a list that has been stored, or refused, is one of {@link #due}. */
  static boolean isOwn(Response response) {
    return response.getNonce().isEmpty();
  }
}
