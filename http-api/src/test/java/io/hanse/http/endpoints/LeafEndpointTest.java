package io.hanse.http.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.http.LocalAuthority;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Parameters;
import io.hanse.identity.Leaf;
import io.hanse.identity.LeafCache;
import io.hanse.identity.SpiffeId;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeafEndpointTest {
  private final LocalAuthority authority = new LocalAuthority();
  private final LeafCache leaves = authority.leaves();
  private final HeldLoop loop = new HeldLoop();

  /** Runs what it is given when the test says so. */
  private static final class HeldLoop extends ScheduledThreadPoolExecutor {
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

    HeldLoop() {
      super(1);
    }

    @Override
    public void execute(Runnable task) {
      held.add(task);
    }

    void run() {
      for (Runnable task = held.poll(); task != null; task = held.poll()) {
        task.run();
      }
    }
  }

  @AfterEach
  void close() {
    leaves.close();
    loop.shutdownNow();
    authority.close();
  }

  @Test
  void shouldAnswerWithWhatWasSignedBeforeItWatched() throws Exception {
    authority.service.initialize(ClusterStateMachine.COMMAND_LEVEL).join();
    SpiffeId web = SpiffeId.service(authority.service.trustDomain().orElseThrow(), "dc1", "web");
    Leaf first = leaves.leaf(web).join();
    Call call =
        new Call(
            "GET",
            "/v1/agent/connect/ca/leaf/web",
            Parameters.parse("index=" + first.index() + "&wait=10m").orElseThrow(),
            name -> null,
            new byte[0],
            loop);
    call.routeTo("web");

    CompletableFuture<Answer> answer =
        new LeafEndpoint(authority.cluster, leaves, "dc1").handle(call);
    authority.pass(Duration.ofDays(30));
    Leaf second = leaves.leaf(web).join();
    assertThat(second.index()).isGreaterThan(first.index());
    loop.run();

    assertThat(answer.get(10, TimeUnit.SECONDS).headers())
        .containsEntry("X-Consul-Index", String.valueOf(second.index()));
  }
}
