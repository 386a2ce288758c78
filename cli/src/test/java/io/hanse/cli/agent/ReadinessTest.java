package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.http.LocalCluster;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that starts: nobody leads at first, then there is a leader, then an authority. */
class ReadinessTest {
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final CountDownLatch ready = new CountDownLatch(1);

  @AfterEach
  void close() throws Exception {
    timer.shutdown();
    assertThat(timer.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    cluster.close();
  }

  @Test
  void shouldTellOnceThereIsALeaderAndAnAuthority() throws Exception {
    cluster.loseLeader();
    new Readiness(cluster, timer, ready::countDown).look();
    awaitLooks();

    cluster.findLeader();
    awaitLooks();
    assertThat(ready.getCount()).isEqualTo(1);
    cluster
        .submit(
            Command.newBuilder()
                .setInitializeCluster(
                    InitializeCluster.newBuilder()
                        .setIdentity(
                            ClusterIdentity.newBuilder()
                                .setId("11111111-2222-4333-8444-555555555555")
                                .setDatacenter("dc1"))
                        .setRoot(CaRoot.newBuilder().setId("root").setActive(true)))
                .build())
        .join();
    assertThat(ready.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** Two that end: the second one began behind this call. */
  private void awaitLooks() {
    long before = timer.getCompletedTaskCount();
    await().until(() -> timer.getCompletedTaskCount() >= before + 2);
  }
}
