package io.hanse.raft.transport;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.ServerTls;
import io.hanse.raft.Surroundings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the calls of the other servers. */
public final class ServerEndpoint implements Surroundings.Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(ServerEndpoint.class);

  /** A command of the largest size, and what stands around it. */
  static final int MESSAGE_BYTES = 4 << 20;

  private static final int THREADS = 4;
  private static final int CALLS_PER_CONNECTION = 1024;

  /** Each of 64 servers may have 64 open; streams of commands count as one. */
  private static final int CALLS = 4096;

  private final Server server;
  private final ExecutorService executor;

  private ServerEndpoint(Server server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Listens at an address.
   *
   * @param completer where answers to forwarded commands are given, and sent together
   */
  public static ServerEndpoint start(
      InetSocketAddress address,
      Optional<ServerTls> tls,
      ServerRequests requests,
      Executor completer) {
    return start(address, tls, requests, completer, CALLS);
  }

  static ServerEndpoint start(
      InetSocketAddress address,
      Optional<ServerTls> tls,
      ServerRequests requests,
      Executor completer,
      int callsMax) {
    if (tls.isEmpty() && !address.getAddress().isLoopbackAddress()) {
      LOG.warn(
          "servers talk to each other in plaintext; give all of them encrypt, or tls address={}",
          address);
    }
    ExecutorService executor =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "server-calls");
              thread.setDaemon(true);
              return thread;
            });
    CallAdmission admission = new CallAdmission(callsMax, executor);
    Server server =
        NettyServerBuilder.forAddress(address, credentials(tls))
            // A call is looked at where it arrives; what it needs then goes to the threads.
            .directExecutor()
            .callExecutor(admission)
            .addStreamTracerFactory(admission)
            .intercept(admission)
            .addService(new ServerCalls(requests, completer))
            .maxInboundMessageSize(MESSAGE_BYTES)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      executor.shutdownNow();
      throw new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          "can't listen for other servers on "
              + address
              + ": "
              + e.getMessage()
              + "; choose another ports.serf_lan",
          e);
    }
    return new ServerEndpoint(server, executor);
  }

  private static ServerCredentials credentials(Optional<ServerTls> tls) {
    if (tls.isEmpty()) {
      return InsecureServerCredentials.create();
    }
    return TlsServerCredentials.newBuilder()
        .keyManager(tls.get().keys())
        .trustManager(tls.get().trust())
        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
        .build();
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        LOG.warn("server calls did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      executor.shutdown();
    }
  }
}
