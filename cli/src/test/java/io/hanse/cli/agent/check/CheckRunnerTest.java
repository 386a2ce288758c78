package io.hanse.cli.agent.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.HealthCheck;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
  private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    agent.shutdownNow();
    workers.shutdownNow();
  }

  private void start(CheckType.Builder definition, Executor on) {
    CheckRunner runner = new CheckRunner(agent, on, (id, verdict) -> verdicts.add(verdict));
    AgentCheck check =
        AgentCheck.newBuilder()
            .setDefinition(definition.setInterval(millis(10)))
            .setRow(HealthCheck.newBuilder().setCheckId("c"))
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
    start(CheckType.newBuilder().setHttp("http://127.0.0.1:1/"), full);
    await().atMost(PATIENCE).until(() -> verdicts.size() >= 3);
    assertThat(verdicts).allMatch(verdict -> verdict.status().equals(Verdict.CRITICAL));
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
