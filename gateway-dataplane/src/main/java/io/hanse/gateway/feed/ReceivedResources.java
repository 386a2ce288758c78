package io.hanse.gateway.feed;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.hanse.fsm.error.ProblemException;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.identity.Pem;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyTrustBundle;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import io.hanse.peering.protocol.ListParts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the servers sent, the newest of each name. A resource that can't be used is refused with a
 * reason, and the one before it stays. Outlives streams: what a new stream does not repeat is kept
 * until a list says that it is gone.
 */
final class ReceivedResources {
  /** One kind: how to read it, and what is held of it. */
  private static final class Kind<T extends Message> {
    final ResourceType type;
    final Class<T> message;
    final Function<T, Optional<String>> refusal;
    final Map<String, T> held = new TreeMap<>();

    /** Those of which nothing could be used yet: one bad resource must not hold up the others. */
    final Set<String> unusable = new TreeSet<>();

    final ListAssembly list = new ListAssembly();
    Optional<Set<String>> listed = Optional.empty();

    /** Since it was last handed on. */
    boolean changed;

    Kind(ResourceType type, Class<T> message, Function<T, Optional<String>> refusal) {
      this.type = type;
      this.message = message;
      this.refusal = refusal;
    }

    Optional<String> store(String id, Any payload) throws InvalidProtocolBufferException {
      T content = payload.unpack(message);
      Optional<String> problem = refusal.apply(content);
      if (problem.isPresent()) {
        changed |= unusable.add(id);
      } else {
        changed |= unusable.remove(id);
        if (!Objects.equals(content, held.get(id))) {
          held.put(id, content);
          changed = true;
        }
      }
      return problem;
    }

    /** Answers whether it is whole; if not, the one before it stays. */
    boolean list(ResourceList newest) {
      Optional<Set<String>> all = list.namesOf(newest);
      all.ifPresent(
          names -> {
            held.keySet().retainAll(names);
            unusable.retainAll(names);
            changed |= !all.equals(listed);
            listed = all;
          });
      return all.isPresent();
    }

    boolean isComplete() {
      return listed.isPresent()
          && listed.get().stream()
              .allMatch(name -> held.containsKey(name) || unusable.contains(name));
    }
  }

  private final Kind<ProxyConfig> configs =
      new Kind<>(ProxyResources.CONFIG, ProxyConfig.class, ReceivedResources::refusal);
  private final Kind<ProxyTrustBundle> bundles =
      new Kind<>(ProxyResources.TRUST_BUNDLE, ProxyTrustBundle.class, ReceivedResources::refusal);
  private final Kind<Intentions> intentions =
      new Kind<>(ProxyResources.INTENTIONS, Intentions.class, each -> Optional.empty());
  private final Kind<Endpoints> endpoints =
      new Kind<>(ProxyResources.ENDPOINTS, Endpoints.class, RouteCompiler::refusal);
  private final Kind<Route> routes =
      new Kind<>(ProxyResources.ROUTE, Route.class, RouteCompiler::refusal);
  private final Kind<UpstreamRoute> upstreams =
      new Kind<>(ProxyResources.UPSTREAM, UpstreamRoute.class, RouteCompiler::refusal);

  private final Map<String, Kind<?>> byUrl = new LinkedHashMap<>();
  private final Map<String, Kind<?>> byListId = new LinkedHashMap<>();
  private final List<ResourceType> needed;
  private long index;

  /** For a proxy that needs these kinds before it can do anything. */
  ReceivedResources(List<ResourceType> needed) {
    this.needed = List.copyOf(needed);
    for (Kind<?> kind : List.of(configs, bundles, intentions, endpoints, routes, upstreams)) {
      byUrl.put(kind.type.url(), kind);
      byListId.put(ProxyResources.listId(kind.type), kind);
    }
  }

  /** Answers why the resource is refused; empty if it is held now. */
  Optional<String> store(ResourceType type, String id, Any payload) {
    try {
      if (type.equals(ProxyResources.LIST)) {
        return list(id, payload.unpack(ResourceList.class));
      }
      Kind<?> kind = byUrl.get(type.url());
      return kind == null ? Optional.of("unknown kind") : kind.store(id, payload);
    } catch (InvalidProtocolBufferException e) {
      return Optional.of("can't be decoded");
    }
  }

  private Optional<String> list(String id, ResourceList list) {
    Kind<?> kind = byListId.get(ListParts.listId(id));
    OptionalInt part = ListParts.number(id);
    if (kind == null || part.orElse(0) == ListParts.COUNT_MAX) {
      return Optional.of("a list of an unknown kind");
    }
    if (part.isPresent()) {
      kind.list.store(part.getAsInt(), list.getNamesList());
      return Optional.empty();
    }
    if (!kind.list(list)) {
      return Optional.of("a part of the list is missing");
    }
    index = Math.max(index, list.getIndex());
    return Optional.empty();
  }

  boolean isComplete() {
    for (ResourceType type : needed) {
      Kind<?> kind = byUrl.get(type.url());
      if (kind == null || !kind.isComplete()) {
        return false;
      }
    }
    return !configs.held.isEmpty();
  }

  /** Whether a snapshot would be another one than that which was handed on. */
  boolean isChanged() {
    return byUrl.values().stream().anyMatch(kind -> kind.changed);
  }

  /** The snapshot was handed on. */
  void handedOn() {
    byUrl.values().forEach(kind -> kind.changed = false);
  }

  /** Only once it is complete. */
  ProxySnapshot snapshot() {
    return new ProxySnapshot(
        configs.held.values().iterator().next(),
        Map.copyOf(routes.held),
        Map.copyOf(endpoints.held),
        Map.copyOf(upstreams.held),
        intentions.held.values().stream().findFirst().orElse(Intentions.getDefaultInstance()),
        Map.copyOf(bundles.held),
        index);
  }

  private static Optional<String> refusal(ProxyConfig config) {
    if (config.getTrustDomain().isEmpty() || config.getDatacenter().isEmpty()) {
      return Optional.of("the configuration names no cluster");
    }
    return RegisteredPorts.flaw(config.getRegistration())
        .or(() -> unreadable(config.getRootPemsList()));
  }

  private static Optional<String> refusal(ProxyTrustBundle bundle) {
    return bundle.getBundle().getTrustDomain().isEmpty()
        ? Optional.of("the bundle names no trust domain")
        : unreadable(bundle.getBundle().getRootPemsList());
  }

  private static Optional<String> unreadable(List<String> rootPems) {
    if (rootPems.isEmpty()) {
      return Optional.of("there are no roots");
    }
    try {
      Pem.certificates(rootPems);
      return Optional.empty();
    } catch (ProblemException e) {
      return Optional.of("a root can't be read: " + e.getMessage());
    }
  }
}
