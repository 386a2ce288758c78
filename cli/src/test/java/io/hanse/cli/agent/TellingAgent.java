package io.hanse.cli.agent;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.http.LocalCluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An agent, in virtual time, that tells a catalog in this process what is registered with it. */
final class TellingAgent implements AutoCloseable {
  final VirtualTime time = new VirtualTime();
  final LocalCluster cluster = new LocalCluster();

  /** The passes that look into the catalog. */
  int comparisons;

  /** The commands that the cluster was sent. */
  int told;

  private LocalRegistry registry = LocalRegistry.EMPTY;
  private @Nullable CompletableFuture<CommandResult> answer;

  final AntiEntropy entropy =
      new AntiEntropy(
          new AgentIdentity(
              "n1",
              "aaaaaaaa-0000-4000-8000-000000000001",
              "dc1",
              "127.0.0.1",
              "127.0.0.1",
              Map.of()),
          time,
          new Counting(),
          this::submit,
          () -> registry);

  private final class Counting implements StateReader {
    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      comparisons++;
      return cluster.fresh(level, patience);
    }

    @Override
    public Freshness freshness() {
      return cluster.freshness();
    }

    @Override
    public View view() {
      return cluster.view();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      return cluster.watch(reads, since, wake);
    }
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    told++;
    return answer == null ? cluster.submit(command) : answer;
  }

  void start() {
    entropy.start();
    time.run();
  }

  void register(String service) {
    registry =
        registry.with(
            AgentService.newBuilder()
                .setRow(NodeService.newBuilder().setId(service).setService(service))
                .build());
    entropy.changed();
    time.run();
  }

  /** From now on the cluster is silent to what it is told. */
  void holdAnswers() {
    answer = new CompletableFuture<>();
  }

  /** It answers as it would have, without having done anything. */
  void giveAnswers() {
    CompletableFuture<CommandResult> held = answer;
    answer = null;
    if (held != null) {
      held.complete(CommandResult.getDefaultInstance());
    }
    time.run();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
