package io.hanse.raft.ratis;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
import org.apache.ratis.thirdparty.io.grpc.NameResolverRegistry;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * Resolves {@code hanse:///<raft-id>}, the address that stands in the log's configuration. Ratis
 * ignores a changed address of a known server, so there is none to change.
 */
final class ServerNames extends NameResolverProvider {
  private static final String SCHEME = "hanse";

  /** Below that of DNS, which stays the default. */
  private static final int PRIORITY = 4;

  /** One registry for the process, as gRPC's own is. */
  private static final ServerNames SHARED = new ServerNames();

  static {
    NameResolverRegistry.getDefaultRegistry().register(SHARED);
  }

  private record Known(InetSocketAddress address, long start) {}

  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Set<Resolver> resolvers = ConcurrentHashMap.newKeySet();

  private ServerNames() {}

  static String nameOf(String raftId) {
    return SCHEME + ":///" + raftId;
  }

  /** Takes over an address, unless one of a later start is known, and tells those who dial it. */
  static void learn(String raftId, InetSocketAddress address, long start) {
    SHARED.known.merge(
        raftId, new Known(address, start), (old, news) -> news.start >= old.start ? news : old);
    SHARED.resolvers.stream().filter(r -> r.raftId.equals(raftId)).forEach(Resolver::refresh);
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Set<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  @Override
  public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return SCHEME.equals(target.getScheme()) ? new Resolver(target.getPath().substring(1)) : null;
  }

  /** One channel's question for one server. */
  private final class Resolver extends NameResolver {
    private final String raftId;
    private volatile @Nullable Listener2 listener;

    Resolver(String raftId) {
      this.raftId = raftId;
    }

    @Override
    public String getServiceAuthority() {
      return raftId;
    }

    @Override
    public void start(Listener2 to) {
      listener = to;
      resolvers.add(this);
      refresh();
    }

    @Override
    public void refresh() {
      Listener2 to = listener;
      if (to == null) {
        return;
      }
      Known answer = known.get(raftId);
      if (answer == null) {
        to.onError(Status.UNAVAILABLE.withDescription("no address of server " + raftId + " yet"));
        return;
      }
      to.onResult(
          ResolutionResult.newBuilder()
              .setAddressesOrError(
                  StatusOr.fromValue(List.of(new EquivalentAddressGroup(answer.address))))
              .build());
    }

    @Override
    public void shutdown() {
      resolvers.remove(this);
      listener = null;
    }
  }
}
