package io.hanse.gateway;

import static io.hanse.gateway.relay.TestBackend.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.NodeService;
import io.hanse.gateway.relay.CloseReason;
import io.hanse.gateway.relay.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of two instances has its sidecar restarted at its port while a peer calls. */
class RestartedSidecarIT {
  private static final int ROUNDS = 2;
  private static final int CALLERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Who was ejected once is tried after a second, who was so again soon after two. */
  private static final Duration BACK_MAX = Duration.ofSeconds(10);

  private final AtomicInteger good = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final NodeService restarted;
  private volatile boolean isOver;
  private ServerSocket app;
  private TestMesh mesh;

  RestartedSidecarIT() throws IOException {
    app = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    restarted =
        TestMesh.sidecar("db", TestBackend.deadPort(), app.getLocalPort())
            .setId("restarted")
            .build();
  }

  @BeforeEach
  void start() throws Exception {
    mesh = TestMesh.start();
    mesh.east.register(
        TestMesh.sidecar("db", TestBackend.deadPort(), app.getLocalPort()).setId("steady").build(),
        "passing");
    mesh.started(sidecar("steady"));
    mesh.east.deregister("db-proxy");
    mesh.eastSidecar.close();
    mesh.east.register(restarted, "passing");
    begin(this::answer);
  }

  private Thread begin(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @AfterEach
  void stop() throws Exception {
    isOver = true;
    for (Thread thread : threads) {
      thread.join();
    }
    mesh.close();
    app.close();
  }

  private SidecarProxy sidecar(String id) throws Exception {
    SidecarProxy sidecar = SidecarProxy.start(TestMesh.settings(id), mesh.east.contact(id));
    sidecar.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return sidecar;
  }

  private void answer() {
    while (!isOver) {
      try (Socket caller = app.accept()) {
        caller.getOutputStream().write(1);
      } catch (IOException e) {
        // Whoever called notes it.
      }
    }
  }

  private void call() {
    while (!isOver) {
      try (Socket socket = connect(mesh.upstreamPort)) {
        if (socket.getInputStream().read() == 1) {
          good.incrementAndGet();
        } else {
          failures.add("no answer");
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
    }
  }

  private void awaitMore(int calls) {
    int wanted = good.get() + calls;
    await().atMost(PATIENCE).until(() -> good.get() >= wanted);
  }

  private static void awaitCallsThrough(SidecarProxy sidecar, Duration patience) {
    await("calls come through it")
        .atMost(patience)
        .until(() -> sidecar.metrics().count(CloseReason.DONE) > 20);
  }

  /** Its checks have not noticed: it is dialed until it has refused some, and again soon. */
  @Test
  void shouldBeCalledAgainSoonAndCostNoCall() throws Exception {
    SidecarProxy running = sidecar("restarted");
    for (int i = 0; i < CALLERS; i++) {
      threads.add(begin(this::call));
    }
    try {
      awaitCallsThrough(running, PATIENCE);
      int lostBefore = failures.size();
      for (int round = 0; round < ROUNDS; round++) {
        assertThat(running.stop()).isZero();
        awaitMore(50);
        running = sidecar("restarted");
        awaitCallsThrough(running, BACK_MAX);
      }
      assertThat(failures.subList(lostBefore, failures.size())).as("of " + good).isEmpty();
    } finally {
      isOver = true;
      running.close();
    }
  }
}
