package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.KeptLeaf;
import io.hanse.identity.Leaf;
import io.hanse.identity.ServerCertificate;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that starts again, before there is a leader and after. */
class ServerCertificateTest {
  /** Submits to nobody: the cluster has no leader. */
  private static final CommandSubmitter NO_LEADER = command -> new CompletableFuture<>();

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final InstantSource clock = now::get;
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private Leaf first;

  @BeforeEach
  void start() {
    authority(cluster).initialize(ClusterStateMachine.COMMAND_LEVEL).join();
    first = shown(cluster);
  }

  @AfterEach
  void stop() throws Exception {
    executor.shutdownNow();
    cluster.close();
  }

  private CaService authority(CommandSubmitter submitter) {
    return new CaService(CaSettings.defaults("dc1"), submitter, cluster, cluster, clock, executor);
  }

  /** What the server shows first after a start. */
  private Leaf shown(CommandSubmitter submitter) {
    try (ServerCertificate certificate =
        new ServerCertificate(
            "dc1",
            authority(submitter),
            cluster,
            clock,
            executor,
            KeptLeaf.in(folder.resolve("server.pem")))) {
      certificate.start();
      await().until(() -> certificate.leaf().isPresent());
      return certificate.leaf().orElseThrow();
    }
  }

  @Test
  void shouldShowTheSameAgainWithoutALeader() {
    Leaf again = shown(NO_LEADER);
    assertThat(again.chain()).isEqualTo(first.chain());
    assertThat(again.keyPem()).isEqualTo(first.keyPem());
    assertThat(shown(cluster).serialNumber())
        .as("nor is another one signed where there is a leader")
        .isEqualTo(first.serialNumber());
  }

  @Test
  void shouldAskForAnotherWhereTheKeptOneIsNearItsEnd() {
    now.updateAndGet(instant -> instant.plus(Period.ofDays(3)));
    assertThat(shown(cluster).serialNumber()).isNotEqualTo(first.serialNumber());
  }
}
