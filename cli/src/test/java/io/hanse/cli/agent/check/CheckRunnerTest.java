package io.hanse.cli.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import com.sun.net.httpserver.HttpServer;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.HealthCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckRunnerTest {
  private static final java.time.Duration PATIENCE = java.time.Duration.ofSeconds(30);

  private final ScheduledExecutorService agent = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final Map<Executor, CheckRunner> runners = new HashMap<>();
  private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    agent.shutdownNow();
    workers.shutdownNow();
  }

  private void start(CheckType.Builder definition, Executor on) {
    start("c", definition, on);
  }

  private void start(String checkId, CheckType.Builder definition, Executor on) {
    CheckRunner runner =
        runners.computeIfAbsent(
            on, key -> new CheckRunner(agent, on, (id, verdict) -> verdicts.add(verdict)));
    AgentCheck check =
        AgentCheck.newBuilder()
            .setDefinition(definition.setInterval(millis(10)))
            .setRow(HealthCheck.newBuilder().setCheckId(checkId))
            .build();
    agent.execute(() -> runner.start(check, true));
  }

  private static Duration millis(int count) {
    return Duration.newBuilder().setNanos(count * 1_000_000).build();
  }

  @Test
  void shouldGoOnWhereNoThreadIsFree() {
    Executor full =
        task -> {
          throw new RejectedExecutionException("full");
        };
    start(CheckType.newBuilder().setHttp("http://localhost:1/"), full);
    await().atMost(PATIENCE).until(() -> verdicts.size() >= 3);
    assertThat(verdicts).allMatch(verdict -> verdict.status().equals(Verdict.CRITICAL));
  }

  /** As the system does where it begins no more threads. */
  @Test
  void shouldGoOnAfterErrors() {
    Executor broken =
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    start(CheckType.newBuilder().setTcp("name.invalid:1"), broken);
    await().atMost(PATIENCE).until(() -> verdicts.size() >= 3);
    assertThat(verdicts)
        .allMatch(verdict -> verdict.status().equals(Verdict.CRITICAL))
        .allMatch(verdict -> verdict.output().contains("unable to create native thread"));
  }

  @Test
  void shouldGoOnWhereAVerdictIsNotTakenIn() {
    CheckRunner runner =
        new CheckRunner(
            agent,
            workers,
            (id, verdict) -> {
              verdicts.add(verdict);
              throw new NoClassDefFoundError("a class that nobody missed");
            });
    runners.put(workers, runner);
    start(CheckType.newBuilder().setTcp("127.0.0.1:-1"), workers);
    await().atMost(PATIENCE).until(() -> verdicts.size() >= 3);
  }

  /** As a host does that drops what it is sent: connections are neither made nor refused. */
  @Test
  void shouldHearOfHealthyServicesWhileOthersAreSilent() throws IOException {
    ExecutorService few = Executors.newFixedThreadPool(8);
    HttpServer healthy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    List<SocketChannel> waiting = new ArrayList<>();
    healthy.setExecutor(workers);
    healthy.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    healthy.start();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(silent.getLocalSocketAddress());
        waiting.add(channel);
      }
      for (int i = 0; i < 20; i++) {
        String id = "silent-" + i;
        CheckType.Builder tcp =
            CheckType.newBuilder()
                .setTcp("127.0.0.1:" + silent.getLocalPort())
                .setTimeout(Duration.newBuilder().setSeconds(60));
        start(id, tcp, few);
      }
      start(
          "healthy",
          CheckType.newBuilder()
              .setHttp("http://127.0.0.1:" + healthy.getAddress().getPort() + "/")
              .setTimeout(Duration.newBuilder().setSeconds(3)),
          few);
      await().atMost(PATIENCE).until(() -> verdicts.size() >= 20);
      assertThat(verdicts).allMatch(verdict -> verdict.status().equals(Verdict.PASSING));
    } finally {
      for (SocketChannel channel : waiting) {
        channel.close();
      }
      healthy.stop(0);
      few.shutdownNow();
    }
  }

  /** A stream of events, say: each probe would leave a connection behind that is never closed. */
  @Test
  void shouldLetGoOfABodyThatNeverEnds() throws IOException {
    List<Socket> broken = new CopyOnWriteArrayList<>();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      workers.execute(
          () -> {
            while (!server.isClosed()) {
              serveForEver(server, broken);
            }
          });
      start(
          CheckType.newBuilder()
              .setHttp("http://127.0.0.1:" + server.getLocalPort() + "/")
              .setTimeout(millis(100)),
          workers);
      await().atMost(PATIENCE).until(() -> broken.size() >= 2);
      assertThat(verdicts).isNotEmpty().allMatch(one -> one.status().equals(Verdict.CRITICAL));
    }
  }

  private void serveForEver(ServerSocket server, List<Socket> broken) {
    Socket socket;
    try {
      socket = server.accept();
    } catch (IOException closed) {
      return;
    }
    workers.execute(
        () -> {
          try (socket) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
              out.write(new byte[1024]);
            }
          } catch (IOException e) {
            broken.add(socket);
          }
        });
  }
}
