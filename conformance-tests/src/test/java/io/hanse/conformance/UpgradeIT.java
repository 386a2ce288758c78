package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of an older version becomes one of this, server by server, while it is used. */
@NeedsOlder
class UpgradeIT {
  private static final long PAUSE_MILLIS = 50;
  private static final int INSTANCES = 5;

  @TempDir Path folder;

  private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> acknowledged = new CopyOnWriteArrayList<>();
  private PeerCluster trio;
  private PeerCluster peer;
  private int written;
  private int failed;

  @AfterEach
  void stop() {
    writer.shutdownNow();
    Optional.ofNullable(trio).ifPresent(PeerCluster::close);
    Optional.ofNullable(peer).ifPresent(PeerCluster::close);
  }

  @Test
  void shouldLoseNothingWhileItsServersAreUpgradedOneByOne() throws Exception {
    Path older = Path.of(System.getenv("HANSE_OLDER_BIN")).toAbsolutePath();
    trio = PeerCluster.start("trio", Product.HANSE, older, folder, 3);
    peer = PeerCluster.start("peer", Product.HANSE, folder);
    PeerCluster.peer(trio, peer);
    for (PeerCluster each : List.of(trio, peer)) {
      each.register();
      each.export(each == trio ? peer : trio);
    }
    writer.scheduleWithFixedDelay(this::write, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    awaitAll("passing");
    // Each kind leads, and follows the other.
    for (AgentProcess server : trio.servers()) {
      server.close();
      server.upgrade(Product.HANSE.program());
      server.startAgain();
      server.awaitReady();
      use(server);
      trio.json("POST", "/v1/operator/raft/transfer-leader", "");
      use(server);
    }
    writer.shutdown();
    assertThat(writer.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    assertThat(acknowledged).as(failed + " of " + written + " failed").isNotEmpty();
    for (AgentProcess server : trio.servers()) {
      await(server.name() + " has all that was acknowledged")
          .atMost(PeerCluster.PATIENCE)
          .untilAsserted(() -> assertThat(keys(server)).containsAll(acknowledged));
    }
    await("the peer has imported what there is")
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(versions(peer, "?peer=" + peer.callOf(trio)))
                    .hasSize(INSTANCES)
                    .isEqualTo(versions(trio, "")));
  }

  /** Of a server that may be down; or nobody leads. Then it is not acknowledged. */
  private void write() {
    int number = ++written;
    String key = "upgrade/" + number;
    try {
      AgentProcess asked = trio.servers().get(number % trio.size());
      asked.answer("PUT", "/v1/kv/" + key, "1");
      acknowledged.add(key);
      asked.answer(
          "PUT",
          "/v1/catalog/register",
          """
          {"Node":"outside","Address":"10.9.0.1","Service":
           {"Service":"changing","ID":"changing-%d","Meta":{"version":"%d"}}}
          """
              .formatted(number % INSTANCES, number));
    } catch (IOException | AssertionError e) {
      failed++;
    }
  }

  /** With what newer versions write in another way, too. */
  private void use(AgentProcess server) throws IOException {
    for (String status : List.of("critical", "passing")) {
      for (PeerCluster each : List.of(trio, peer)) {
        await(each.name + " is told that it is " + status)
            .atMost(PeerCluster.PATIENCE)
            .ignoreExceptions()
            .untilAsserted(
                () ->
                    each.json(
                        "PUT",
                        "/v1/agent/check/update/alive",
                        "{\"Status\":\"%s\"}".formatted(status)));
      }
      awaitAll(status);
    }
    String more = "more-" + server.name();
    server.answer(
        "POST",
        "/v1/peering/token",
        "{\"PeerName\":\"%s\",\"ServerExternalAddresses\":[\"127.0.0.1:1\"]}".formatted(more));
    server.answer("DELETE", "/v1/peering/" + more, "");
  }

  private void awaitAll(String status) {
    trio.awaitState(peer, "ACTIVE");
    peer.awaitState(trio, "ACTIVE");
    trio.awaitImport(peer, status);
    peer.awaitImport(trio, status);
  }

  private static List<String> keys(AgentProcess server) throws IOException {
    return server.answer("GET", "/v1/kv/upgrade/?keys&stale", "").items().stream()
        .map(Value::text)
        .toList();
  }

  private static List<String> versions(PeerCluster asked, String query) throws IOException {
    return asked.json("GET", "/v1/health/service/changing" + query, "").items().stream()
        .map(each -> each.at("Service").at("Meta").at("version").text())
        .sorted()
        .toList();
  }
}
