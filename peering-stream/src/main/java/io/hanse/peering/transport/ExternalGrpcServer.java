package io.hanse.peering.transport;

import io.grpc.BindableService;
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

/**
 * The gRPC port for other clusters and for proxies. Its certificate is issued by this cluster's own
 * authority and is replaced without a restart; until there is one, handshakes fail and clients try
 * again.
 */
public final class ExternalGrpcServer implements AutoCloseable {
  private static final int RECEIVE_BYTES_MAX = 50 * 1024 * 1024;
  private static final int CALLS_PER_CONNECTION_MAX = 2048;
  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_PATIENCE_SECONDS = 20;

  /** Dialers ping every 30 s; who pings more often than this is sent away. */
  private static final int PING_SECONDS_MIN = 5;

  private static final int PREFACE_SECONDS_MAX = 20;
  private static final int CLOSING_SECONDS_MAX = 2;

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
            settings.connectionsMax());
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
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address, credentials)
            .executor(executor)
            .intercept(new CallPermissions())
            .fallbackHandlerRegistry(new UnknownMethods(names))
            .maxInboundMessageSize(RECEIVE_BYTES_MAX)
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
