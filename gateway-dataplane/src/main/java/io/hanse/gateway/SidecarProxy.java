package io.hanse.gateway;

import com.google.protobuf.Value;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.gateway.access.IntentionPolicy;
import io.hanse.gateway.feed.FirstContact;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.feed.RemoteSigner;
import io.hanse.gateway.relay.InboundTls;
import io.hanse.gateway.relay.RelayMetrics;
import io.hanse.gateway.relay.Terminator;
import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import io.hanse.identity.Leaf;
import io.hanse.identity.LeafCache;
import io.hanse.identity.LeafKeys;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.TrustDomain;
import io.hanse.identity.TrustSource;
import io.hanse.peering.protocol.ProxyResources;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sidecar: stands between one service and the mesh. Callers must prove who they are and be
 * allowed before the service hears of them; upstreams must prove who they are before the service's
 * bytes leave. Every protocol is relayed as TCP.
 */
public final class SidecarProxy implements MeshProxy {
  private static final Logger LOG = LoggerFactory.getLogger(SidecarProxy.class);
  private static final String PUBLIC = "public_listener";
  private static final String LOOPBACK = "127.0.0.1";
  private static final long LEAF_RETRY_MILLIS = 2_000;

  private final RouteCompiler compiler = new RouteCompiler(System::nanoTime);
  private final TargetBook book = new TargetBook(compiler);
  private final ProxyRuntime runtime;
  private final ScheduledExecutorService timers =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "leafs");
            thread.setDaemon(true);
            return thread;
          });
  private final LeafCache leafs;
  private final LeafKeys keys;
  private final UpstreamListeners upstreams;
  private volatile Optional<Leaf> leaf = Optional.empty();
  private volatile Optional<Target> application = Optional.empty();
  private Optional<Terminator> terminator = Optional.empty();
  private Optional<InboundTls> inbound = Optional.empty();
  private List<TrustSource> callerRoots = List.of();
  private boolean askingForLeaf;

  private SidecarProxy(ProxySettings settings, FirstContact contact) {
    runtime = new ProxyRuntime(settings, ProxyResources.SIDECAR, contact, this::apply);
    leafs =
        new LeafCache(
            new RemoteSigner(runtime.feed()::channel, settings.token()),
            InstantSource.system(),
            timers);
    keys = new LeafKeys(() -> leaf.orElse(null));
    upstreams = new UpstreamListeners(runtime, compiler, keys);
  }

  /** Starts; it listens once it has its configuration and a certificate. */
  public static SidecarProxy start(ProxySettings settings, FirstContact contact)
      throws IOException {
    SidecarProxy sidecar = new SidecarProxy(settings, contact);
    sidecar.runtime.start(
        new ProxyReport(
            ProxyResources.SIDECAR, sidecar.runtime, sidecar::targets, () -> sidecar.leaf));
    return sidecar;
  }

  private void apply(ProxySnapshot snapshot) {
    leafs.activeKey(snapshot.config().getSigningKeyId());
    book.update(snapshot);
    if (leaf.isEmpty()) {
      askForLeaf(snapshot);
      return;
    }
    MeshRoots roots = MeshRoots.of(snapshot);
    boolean forMesh = listenForMesh(snapshot, roots);
    boolean forUpstreams = upstreams.update(snapshot, roots);
    runtime.readyIf(forMesh && forUpstreams, () -> runtime.latest().ifPresent(this::apply));
  }

  private void askForLeaf(ProxySnapshot snapshot) {
    if (askingForLeaf) {
      return;
    }
    askingForLeaf = true;
    SpiffeId id =
        SpiffeId.service(
            new TrustDomain(snapshot.config().getTrustDomain()),
            snapshot.config().getDatacenter(),
            service(snapshot));
    leafs
        .leaf(id)
        .whenComplete(
            (signed, failure) ->
                runtime.loop().execute(() -> leafAnswered(id, Optional.ofNullable(signed))));
  }

  private void leafAnswered(SpiffeId id, Optional<Leaf> signed) {
    askingForLeaf = false;
    if (signed.isEmpty()) {
      LOG.warn("no certificate yet, trying again id={}", id);
      runtime.loop().after(LEAF_RETRY_MILLIS, () -> runtime.latest().ifPresent(this::apply));
      return;
    }
    leaf = signed;
    leafs.watch(id, renewed -> leaf = Optional.of(renewed));
    LOG.info("certificate received id={} expires={}", id, signed.get().validBefore());
    runtime.latest().ifPresent(this::apply);
  }

  private boolean listenForMesh(ProxySnapshot snapshot, MeshRoots roots) {
    if (inbound.isEmpty() || !roots.ofCallers().equals(callerRoots)) {
      callerRoots = roots.ofCallers();
      inbound = Optional.of(new InboundTls(callerRoots, keys));
    }
    NodeService registration = snapshot.config().getRegistration();
    Target app = application(registration);
    application = Optional.of(app);
    IntentionPolicy policy = new IntentionPolicy(snapshot.intentions(), roots.callers());
    Terminator.Rules rules = new Terminator.Rules(inbound.get(), policy, app);
    if (terminator.isPresent()) {
      terminator.get().update(rules);
    } else {
      terminator = Optional.of(new Terminator(rules));
    }
    return runtime.listen(PUBLIC, ListenAddresses.ofSidecar(registration), true, terminator.get());
  }

  private Target application(NodeService registration) {
    ConnectProxyConfig proxy = registration.getProxy();
    String host =
        proxy.getLocalServiceAddress().isEmpty() ? LOOPBACK : proxy.getLocalServiceAddress();
    int port = proxy.getLocalServicePort();
    String name = "local_app:" + host + ":" + port;
    Optional<Target> before = application.filter(known -> known.name().equals(name));
    if (before.isPresent()) {
      return before.get();
    }
    double millis =
        proxy
            .getConfig()
            .getFieldsOrDefault("local_connect_timeout_ms", Value.getDefaultInstance())
            .getNumberValue();
    return new Target(
        name,
        proxy.getDestinationServiceName(),
        "",
        Math.max(0, (int) millis),
        EndpointPicker.ofOne(host, port, System::nanoTime),
        new TargetUsage());
  }

  private static String service(ProxySnapshot snapshot) {
    return snapshot.config().getRegistration().getProxy().getDestinationServiceName();
  }

  private Collection<Target> targets() {
    List<Target> all = new ArrayList<>(upstreams.targets());
    application.ifPresent(all::add);
    return all;
  }

  /** Completes when all its listeners are open. */
  @Override
  public CompletableFuture<Void> ready() {
    return runtime.ready();
  }

  @Override
  public boolean isReady() {
    return runtime.isReady();
  }

  /** Never: where it can't listen it tries on. */
  @Override
  public CompletableFuture<Void> failed() {
    return runtime.failed();
  }

  public Optional<InetSocketAddress> adminAddress() {
    return runtime.adminAddress();
  }

  public RelayMetrics metrics() {
    return runtime.relays().metrics();
  }

  /** Of its upstreams it takes calls on meanwhile: its service may have more to say. */
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
    int cut = runtime.stop();
    leafs.close();
    timers.shutdownNow();
    return cut;
  }

  @Override
  public void close() {
    runtime.close();
    leafs.close();
    timers.shutdownNow();
  }
}
