package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that starts: nobody leads at first, then there is a leader, then an authority. */
class ReadinessTest {
  private final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch askedBehindLeader = new CountDownLatch(2);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final AtomicInteger looks = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    timer.shutdown();
    assertThat(timer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    machine.close();
  }

  @Test
  void shouldTellOnceThereIsALeaderAndAnAuthority() throws Exception {
    new Readiness(new Starting(), timer, ready::countDown).look();

    assertThat(askedBehindLeader.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ready.getCount()).isEqualTo(1);
    Command initialize =
        Command.newBuilder()
            .setInitializeCluster(
                InitializeCluster.newBuilder()
                    .setIdentity(
                        ClusterIdentity.newBuilder()
                            .setId("11111111-2222-4333-8444-555555555555")
                            .setDatacenter("dc1"))
                    .setRoot(CaRoot.newBuilder().setId("root").setActive(true)))
            .build();
    Command register =
        Command.newBuilder()
            .setRegisterClient(RegisterClient.newBuilder().setOrigin("test"))
            .build();
    long client = apply(1, Entry.newBuilder().setCommand(register)).getIndex();
    apply(2, Entry.newBuilder().setCommand(initialize).setClient(client).setSequence(1));
    assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private CommandResult apply(long logIndex, Entry.Builder entry) {
    byte[] batch =
        Batch.newBuilder().setTimeMillis(logIndex).addEntries(entry).build().toByteArray();
    CommandResult result = machine.apply(logIndex, batch).getResults(0);
    assertThat(result.getProblem()).as(result.getMessage()).isZero();
    return result;
  }

  private final class Starting implements StateReader {
    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      if (looks.incrementAndGet() < 3) {
        return CompletableFuture.failedFuture(
            new ProblemException(ProblemCode.NO_LEADER, "No cluster leader"));
      }
      askedBehindLeader.countDown();
      return CompletableFuture.completedFuture(freshness());
    }

    @Override
    public Freshness freshness() {
      return new Freshness(true, 0);
    }

    @Override
    public View view() {
      return machine.view();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      return () -> {};
    }
  }
}
