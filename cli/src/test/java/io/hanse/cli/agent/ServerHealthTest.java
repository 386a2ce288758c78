package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Servers;
import io.hanse.http.LocalCluster;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which nodes are in the catalog because they are servers. */
class ServerHealthTest {
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void close() {
    timer.shutdownNow();
    cluster.close();
  }

  private void start() {
    Server self =
        Server.newBuilder()
            .setRaftId(cluster.self())
            .setNodeId("aaaaaaaa-0000-4000-8000-000000000001")
            .setNode("One")
            .setDatacenter("dc1")
            .setAddress("127.0.0.1")
            .build();
    new ServerHealth(self, cluster, cluster, cluster, cluster, cluster, timer).start();
  }

  private void register(String node, String service, String check) {
    cluster
        .submit(
            Command.newBuilder()
                .setRegister(
                    RegisterCatalog.newBuilder()
                        .setNode(Node.newBuilder().setNode(node).setAddress("127.0.0.1"))
                        .setService(NodeService.newBuilder().setId(service).setService(service))
                        .addChecks(
                            HealthCheck.newBuilder()
                                .setNode(node)
                                .setCheckId(check)
                                .setName(check)
                                .setStatus("passing")))
                .build())
        .join();
  }

  private List<String> nodes() {
    try (View view = cluster.view()) {
      return new Catalog(view).nodes("").stream().map(Node::getNode).toList();
    }
  }

  private void becomesNodes(String... nodes) {
    await().untilAsserted(() -> assertThat(nodes()).containsExactlyInAnyOrder(nodes));
  }

  /** A server that is in the group no more. */
  private void knowRemoved(String node) {
    cluster
        .submit(
            Command.newBuilder()
                .setWriteServer(
                    WriteServer.newBuilder()
                        .setServer(
                            Server.newBuilder()
                                .setRaftId("raft-2")
                                .setNodeId("aaaaaaaa-0000-4000-8000-000000000002")
                                .setNode(node)))
                .build())
        .join();
  }

  private void forgetsRemoved() {
    await()
        .untilAsserted(
            () -> {
              try (View view = cluster.view()) {
                assertThat(new Servers(view).byRaftId("raft-2")).isEmpty();
              }
            });
  }

  /** With all that its agent registered, as a Consul does when a member is reaped. */
  @Test
  void shouldHaveAServerThatWasRemovedLeaveTheCatalog() {
    knowRemoved("two");
    register("two", ServerHealth.SERVICE_ID, ServerHealth.CHECK_ID);
    register("two", "web", "alive");
    start();
    becomesNodes("One");
    forgetsRemoved();
  }

  @Test
  void shouldLeaveANodeThatOnlyHasTheNameOfAServerThatWasRemoved() {
    knowRemoved("two");
    register("two", "web", "alive");
    start();
    forgetsRemoved();
    becomesNodes("One", "two");
  }

  /** Names are the same in any case: what is registered under one is so under the other. */
  @Test
  void shouldLeaveTheNodeOfAServerThatWasRemovedToAnotherOfItsName() {
    knowRemoved("ONE");
    register("One", ServerHealth.SERVICE_ID, ServerHealth.CHECK_ID);
    register("One", "web", "alive");
    start();
    forgetsRemoved();
    try (View view = cluster.view()) {
      assertThat(new Catalog(view).service("", "One", "web")).isPresent();
    }
  }

  /** As where a leader ended between the steps of that, or the server had another name once. */
  @Test
  void shouldHaveNoServerInTheCatalogThatIsNotKnown() {
    register("stray", ServerHealth.SERVICE_ID, ServerHealth.CHECK_ID);
    register("stray", "web", "alive");
    register("outside", "web", "alive");
    register("told-by-hand", ServerHealth.SERVICE_ID, "alive");
    register("watched", "web", ServerHealth.CHECK_ID);
    register("one", ServerHealth.SERVICE_ID, ServerHealth.CHECK_ID);
    start();
    becomesNodes("One", "outside", "told-by-hand", "watched");
  }
}
