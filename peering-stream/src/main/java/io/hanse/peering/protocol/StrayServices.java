package io.hanse.peering.protocol;

import io.hanse.fsm.view.Keys;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Services that came after a list that does not name them. A Consul that takes a service out of its
 * exports sends the list and only then ends the watch of the service, so a change that was on its
 * way can follow, and no message ever takes it back. The list is therefore stored once more, a
 * while after.
 *
 * <p>What is taken away by that is kept here: the Consul counts it as sent, and does not send it
 * again where it is exported anew and is as it was. Source: peering protocol, sections 6.1 and 7.4;
 * Consul's duplicate suppression, which is by content and lasts as long as a stream.
 */
final class StrayServices {
  /** Longer than a list and the services that it names are apart on a slow link. */
  static final long GRACE_MILLIS = 10_000;

  /** Of what is kept; a stream with more begins anew, and is sent only what its list names. */
  static final long BYTES_MAX = 8L << 20;

  private static final long NEVER = Long.MAX_VALUE;

  /** The newest list, once it is stored. */
  private @Nullable Response list;

  private Set<String> named = Set.of();
  private long dueMillis = NEVER;
  private boolean isQueued;

  /** By folded name: what is stored though the list does not name it. */
  private final Map<String, Response> strays = new TreeMap<>();

  /** What a list has taken away since. */
  private final Map<String, Response> takenAway = new TreeMap<>();

  private long bytes;

  /** Takes note of what came. A list that waits to be stored must not be undone by an older one. */
  void received(ResourceType type, Response response) {
    if (type.equals(PeerResources.SERVICE_LIST)) {
      list = null;
      dueMillis = NEVER;
    } else if (type.equals(PeerResources.SERVICE)) {
      forget(takenAway.remove(nameOf(response)));
    }
  }

  /**
   * Takes note of what came and was stored; one of the kinds that {@link PeerResources} knows.
   *
   * @return services that were taken away and are to be stored again, of which {@link #finished}
   *     says how that went
   */
  List<Response> stored(long nowMillis, ResourceType type, Response response) {
    if (type.equals(PeerResources.SERVICE_LIST)) {
      return listed(response);
    }
    if (type.equals(PeerResources.SERVICE)) {
      forget(strays.remove(nameOf(response)));
      if (list != null && !named.contains(nameOf(response))) {
        strays.put(nameOf(response), response);
        bytes += response.getSerializedSize();
        if (dueMillis == NEVER && !isQueued) {
          dueMillis = nowMillis + GRACE_MILLIS;
        }
      }
    }
    return List.of();
  }

  private List<Response> listed(Response newest) {
    list = newest;
    named = new TreeSet<>();
    for (String name : PeerResources.namesIn(newest.getResource())) {
      named.add(Keys.fold(name));
      named.add(Keys.fold(name + PeerResources.TWIN_SUFFIX));
    }
    List<Response> again = new ArrayList<>();
    for (String name : named) {
      forget(strays.remove(name));
      Response away = takenAway.remove(name);
      if (away != null) {
        forget(away);
        again.add(away.toBuilder().clearNonce().build());
      }
    }
    goneAreStrays();
    return again;
  }

  private void goneAreStrays() {
    takenAway.putAll(strays);
    strays.clear();
  }

  private void forget(@Nullable Response response) {
    bytes -= response == null ? 0 : response.getSerializedSize();
  }

  private static String nameOf(Response response) {
    return Keys.fold(response.getResourceId());
  }

  /** Why the stream has to begin anew, if it has to. */
  Optional<LinkStatus> excess() {
    return bytes <= BYTES_MAX
        ? Optional.empty()
        : Optional.of(
            LinkStatus.of(
                LinkStatus.Code.UNAVAILABLE,
                "more came of services that are not exported than is kept; beginning anew"));
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

  /** Takes note that what has no nonce was stored, or that a list has to be tried again. */
  void finished(long nowMillis, ResourceType type, boolean isStored) {
    if (!type.equals(PeerResources.SERVICE_LIST)) {
      return;
    }
    isQueued = false;
    if (isStored) {
      goneAreStrays();
    } else if (list != null) {
      dueMillis = nowMillis + GRACE_MILLIS;
    }
  }

  /** Whether it was given here to be stored, and nobody waits for an answer. */
  static boolean isOwn(Response response) {
    return response.getNonce().isEmpty();
  }
}
