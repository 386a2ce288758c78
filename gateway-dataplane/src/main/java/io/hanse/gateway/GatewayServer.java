package io.hanse.gateway;

import io.hanse.gateway.feed.FirstContact;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.relay.ChannelRelay;
import io.hanse.gateway.relay.RelayLoops;
import io.hanse.gateway.relay.RelayMetrics;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.RouteTable;
import io.hanse.peering.proto.Route;
import io.hanse.peering.protocol.ProxyResources;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A mesh gateway: relays TLS by the server name that the client asks for, to services of this
 * cluster and to those imported from peers. It reads no payload and needs no certificate; who may
 * talk to whom is decided at the ends.
 */
public final class GatewayServer implements MeshProxy {
  private final RouteCompiler compiler = new RouteCompiler(System::nanoTime);
  private final TargetBook book = new TargetBook(compiler);
  private final ChannelRelay relay;
  private final ProxyRuntime runtime;
  private Map<String, Route> routes = Map.of();
  private volatile RouteTable table = RouteTable.EMPTY;

  private GatewayServer(ProxySettings settings, FirstContact contact) {
    relay = new ChannelRelay(() -> table);
    runtime = new ProxyRuntime(settings, ProxyResources.MESH_GATEWAY, contact, this::apply);
  }

  /** Starts; it listens once it knows all its routes. */
  public static GatewayServer start(ProxySettings settings, FirstContact contact)
      throws IOException {
    GatewayServer gateway = new GatewayServer(settings, contact);
    gateway.runtime.start(
        new ProxyReport(
            ProxyResources.MESH_GATEWAY,
            gateway.runtime,
            () -> gateway.table.targets(),
            Optional::empty));
    return gateway;
  }

  private void apply(ProxySnapshot snapshot) {
    book.update(snapshot);
    if (!snapshot.routes().equals(routes) || !runtime.isReady()) {
      routes = snapshot.routes();
      table = compiler.compile(routes.values());
    }
    listen(snapshot);
  }

  private void listen(ProxySnapshot snapshot) {
    Map<String, InetSocketAddress> addresses =
        ListenAddresses.ofGateway(snapshot.config().getRegistration());
    runtime.letGo(addresses);
    boolean all = true;
    for (Map.Entry<String, InetSocketAddress> each : addresses.entrySet()) {
      all &= runtime.listen(each.getKey(), each.getValue(), true, relay);
    }
    runtime.readyIf(all, () -> runtime.latest().ifPresent(this::listen));
  }

  @Override
  public CompletableFuture<Void> ready() {
    return runtime.ready();
  }

  @Override
  public boolean isReady() {
    return runtime.isReady();
  }

  /** Fails if it can't listen where it is registered when it starts. */
  @Override
  public CompletableFuture<Void> failed() {
    return runtime.failed();
  }

  /** Where it listens. */
  public List<InetSocketAddress> addresses() {
    return runtime.listeners().values().stream().map(RelayLoops.Listener::address).toList();
  }

  public Optional<InetSocketAddress> adminAddress() {
    return runtime.adminAddress();
  }

  public RelayMetrics metrics() {
    return runtime.relays().metrics();
  }

  @Override
  public void awaitQuiet(Duration patience) throws InterruptedException {
    runtime.awaitQuiet(patience);
  }

  @Override
  public void stopListening() {
    runtime.stopListening();
  }

  @Override
  public int stop() throws InterruptedException {
    return runtime.stop();
  }

  @Override
  public void close() {
    runtime.close();
  }
}
