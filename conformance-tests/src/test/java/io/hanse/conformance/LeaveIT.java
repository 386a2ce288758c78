package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.CommandRun;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are told to leave end by themselves, and come back when they are started again. */
class LeaveIT {
  @TempDir Path folder;

  private PeerCluster cluster;

  @AfterEach
  void stop() {
    Optional.ofNullable(cluster).ifPresent(PeerCluster::close);
  }

  private static CommandRun.Result leave(AgentProcess server) {
    return new CommandRun().run("leave", "-http-addr=" + server.at("http"));
  }

  private static void leavesInOrder(AgentProcess server) throws InterruptedException {
    CommandRun.Result result = leave(server);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("Graceful leave complete\n");
    assertThat(result.exit()).isZero();
    assertThat(server.awaitEnd()).isZero();
  }

  private static List<String> voters(AgentProcess asked) throws IOException {
    return names(asked, "/v1/operator/raft/configuration", "Servers");
  }

  private static List<String> names(AgentProcess asked, String path, String list)
      throws IOException {
    Value answer = asked.answer("GET", path, "");
    return (list.isEmpty() ? answer : answer.at(list))
        .items().stream().map(each -> each.at("Node").text()).sorted().toList();
  }

  private static void awaitNodes(AgentProcess asked, String... nodes) {
    await()
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(voters(asked)).containsExactly(nodes);
              assertThat(names(asked, "/v1/catalog/nodes", "")).containsExactly(nodes);
            });
  }

  @Test
  void shouldHaveServersLeaveTheOthersAlsoTheLeaderAndAtASignal() throws Exception {
    cluster = PeerCluster.start("trio", Product.HANSE, folder, 3);
    cluster.trustServersSoon();
    cluster.register();
    AgentProcess leader = cluster.leader();
    AgentProcess follower = cluster.home;

    leavesInOrder(follower);
    List<String> left =
        List.of("trio-0", "trio-1", "trio-2").stream()
            .filter(node -> !node.equals(follower.name()))
            .toList();
    awaitNodes(leader, left.toArray(String[]::new));
    assertThat(leader.answer("GET", "/v1/catalog/service/" + cluster.service(), "").items())
        .isEmpty();

    follower.configure("leave_on_terminate", true);
    follower.startAgain();
    follower.awaitReady();
    awaitNodes(follower, "trio-0", "trio-1", "trio-2");
    await()
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        leader
                            .answer("GET", "/v1/catalog/service/" + cluster.service(), "")
                            .items())
                    .hasSize(1));

    leavesInOrder(leader);
    awaitNodes(
        follower,
        List.of("trio-0", "trio-1", "trio-2").stream()
            .filter(node -> !node.equals(leader.name()))
            .toArray(String[]::new));
    follower.answer("PUT", "/v1/kv/a", "1");

    AgentProcess last =
        cluster.servers().stream()
            .filter(each -> each != leader && each != follower)
            .findFirst()
            .orElseThrow();
    follower.terminate();
    assertThat(follower.awaitEnd()).isZero();
    awaitNodes(last, last.name());
    last.answer("PUT", "/v1/kv/b", "1");
  }

  @Test
  void shouldFindALoneServerAsItWas() throws Exception {
    cluster = PeerCluster.start("solo", Product.HANSE, folder);
    cluster.home.answer("PUT", "/v1/kv/a", "1");
    leavesInOrder(cluster.home);
    cluster.home.startAgain();
    cluster.home.awaitReady();
    assertThat(cluster.home.answer("GET", "/v1/kv/a", "").items()).hasSize(1);
  }
}
