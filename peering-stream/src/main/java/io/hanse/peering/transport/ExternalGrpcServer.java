package io.hanse.peering.transport;

import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.hanse.identity.LeafKeys;
import io.hanse.identity.ServerCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gRPC port for other clusters and for proxies. Its certificate is issued by this cluster's own
 * authority and is replaced without a restart; until there is one, handshakes fail and clients try
 * again.
 */
public final class ExternalGrpcServer implements AutoCloseable {
  /**
   * Who dials, a Consul or a Hanse, sends 8 MiB at most; strangers far less: {@link Admissions}.
   */
  private static final int RECEIVE_BYTES_MAX = 9 << 20;

  /** What a connection may send that nobody has asked for yet; its size does not grow. */
  private static final int WINDOW_BYTES = 512 << 10;

  /** A peer has one stream, a proxy a few calls; all of one address together are a fifth of all. */
  private static final int CALLS_PER_CONNECTION_MAX = 128;

  private static final int RESETS_MAX = 1_000;
  private static final int RESETS_SECONDS = 10;
  private static final int IDLE_SECONDS_MAX = 60;
  private static final long REQUEST_MILLIS_MAX = 15_000;
  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_PATIENCE_SECONDS = 20;

  /** Dialers ping every 30 s; who pings more often than this is sent away. */
  private static final int PING_SECONDS_MIN = 5;

  private static final int PREFACE_SECONDS_MAX = 20;
  private static final int CLOSING_SECONDS_MAX = 2;

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ExternalGrpcServer.class);

  /** gRPC would write a stack trace for each message, and for each call, that is not taken. */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("io.grpc.netty.NettyServerStream"),
          Logger.getLogger("io.grpc.netty.NettyServerHandler"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  private final Server server;

  private ExternalGrpcServer(Server server) {
    this.server = server;
  }

  /** Listens with TLS. */
  public static ExternalGrpcServer start(
      ExternalGrpcSettings settings,
      ServerCertificate certificate,
      Collection<? extends ExternalService> services,
      Executor executor)
      throws IOException {
    return start(
        settings,
        () -> certificate.leaf().orElse(null),
        certificate::serverName,
        services,
        executor);
  }

  /** Listens with TLS, with a leaf from anywhere. */
  static ExternalGrpcServer start(
      ExternalGrpcSettings settings,
      Supplier<? extends io.hanse.identity.@org.jspecify.annotations.Nullable Leaf> leaf,
      Supplier<Optional<String>> peeringName,
      Collection<? extends ExternalService> services,
      Executor executor)
      throws IOException {
    TlsAcceptance acceptance =
        new TlsAcceptance(
            new ShownTls(new LeafKeys(leaf), executor)::give,
            peeringName,
            new ClientShares(
                "connections to the gRPC port",
                settings.connectionsMax(),
                settings.connectionsPerClientMax(),
                System::currentTimeMillis,
                LOG::warn));
    return start(settings, InternalNettyServerCredentials.create(acceptance), services, executor);
  }

  /** Listens without TLS. */
  public static ExternalGrpcServer startPlaintext(
      ExternalGrpcSettings settings,
      Collection<? extends ExternalService> services,
      Executor executor)
      throws IOException {
    return start(settings, InsecureServerCredentials.create(), services, executor);
  }

  private static ExternalGrpcServer start(
      ExternalGrpcSettings settings,
      ServerCredentials credentials,
      Collection<? extends ExternalService> services,
      Executor executor)
      throws IOException {
    List<ServerServiceDefinition> definitions =
        services.stream().map(ExternalService::binding).map(BindableService::bindService).toList();
    Set<String> names = new TreeSet<>();
    definitions.forEach(service -> names.add(service.getServiceDescriptor().getName()));
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    OpenCalls calls = new OpenCalls(settings.callsMax(), System::currentTimeMillis, LOG::warn);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address, credentials)
            .executor(executor)
            .addStreamTracerFactory(new Admissions())
            .addStreamTracerFactory(calls)
            // The last is asked first.
            .intercept(new RequestPatience(REQUEST_MILLIS_MAX))
            .intercept(new CallPermissions())
            .intercept(calls)
            // Nobody who dials compresses, and a small message must not become a large one.
            .decompressorRegistry(
                DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false))
            .fallbackHandlerRegistry(new UnknownMethods(names))
            .maxInboundMessageSize(RECEIVE_BYTES_MAX)
            .flowControlWindow(WINDOW_BYTES)
            .maxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .maxConnectionIdle(IDLE_SECONDS_MAX, TimeUnit.SECONDS)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
            .handshakeTimeout(PREFACE_SECONDS_MAX, TimeUnit.SECONDS)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(PING_SECONDS_MIN, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    definitions.forEach(builder::addService);
    return new ExternalGrpcServer(builder.build().start());
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Lets calls finish for a moment, then cuts them. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(CLOSING_SECONDS_MAX, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
