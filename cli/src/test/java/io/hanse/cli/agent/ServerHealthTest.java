package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.LeaderCall;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
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
    start(cluster, cluster);
  }

  private void start(LeaderCall leader, CommandSubmitter submitter) {
    Server self =
        Server.newBuilder()
            .setRaftId(cluster.self())
            .setNodeId("aaaaaaaa-0000-4000-8000-000000000001")
            .setNode("One")
            .setDatacenter("dc1")
            .setAddress("127.0.0.1")
            .build();
    new ServerHealth(self, cluster, leader, cluster, submitter, cluster, timer).start();
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

  private static void breakOff(AtomicInteger errors) {
    if (errors.getAndDecrement() > 0) {
      throw new NoClassDefFoundError("a class that nobody missed");
    }
  }

  /** Else no server would be told of ever again. */
  @Test
  void shouldWriteAgainAfterErrors() {
    AtomicInteger errors = new AtomicInteger(2);
    start(
        cluster,
        command -> {
          breakOff(errors);
          return cluster.submit(command);
        });
    becomesNodes("One");
  }

  /** Else this server would be called silent. */
  @Test
  void shouldBeatAgainAfterErrors() {
    AtomicInteger errors = new AtomicInteger(3);
    start(
        new LeaderCall() {
          @Override
          public void serve(
              String name, Function<ByteString, CompletableFuture<ByteString>> handler) {
            cluster.serve(name, handler);
          }

          @Override
          public CompletableFuture<ByteString> call(
              String name, ByteString request, Duration patience) {
            breakOff(errors);
            return cluster.call(name, request, patience);
          }

          @Override
          public CompletableFuture<ByteString> callOnce(
              String name, ByteString request, Duration patience) {
            return cluster.callOnce(name, request, patience);
          }
        },
        cluster);
    becomesNodes("One");
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
