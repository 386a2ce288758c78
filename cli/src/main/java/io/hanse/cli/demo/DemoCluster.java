package io.hanse.cli.demo;

import io.hanse.cli.client.ApiException;
import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Three servers of one cluster, with the files they start from. */
final class DemoCluster {
  private static final int SIZE = 3;
  static final int PORTS = SIZE * 4;

  private record ServerPorts(int http, int grpcTls, int server, int serfLan) {}

  private final String name;
  private final List<DemoServer> servers = new ArrayList<>();

  DemoCluster(String name, String datacenter, Scene scene, FreePorts free) {
    this.name = name;
    List<ServerPorts> ports = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      ports.add(new ServerPorts(free.next(), free.next(), free.next(), free.next()));
    }
    String join =
        ports.stream()
            .map(port -> "\"127.0.0.1:" + port.serfLan() + "\"")
            .collect(Collectors.joining(", "));
    for (int i = 0; i < SIZE; i++) {
      String server = name + "-" + (i + 1);
      Path file = scene.path(server + ".hcl");
      write(file, text(server, datacenter, join, ports.get(i), scene.path(server)));
      servers.add(
          new DemoServer(
              server,
              scene.process(server, List.of("agent", "-server", "-config-file", file.toString())),
              "127.0.0.1:" + ports.get(i).http()));
    }
  }

  private static String text(
      String name, String datacenter, String join, ServerPorts ports, Path data) {
    return String.join(
        "\n",
        "node_name        = \"" + name + "\"",
        "datacenter       = \"" + datacenter + "\"",
        "data_dir         = \"" + data + "\"",
        "bootstrap_expect = " + SIZE,
        "bind_addr        = \"127.0.0.1\"",
        "retry_join       = [" + join + "]",
        "retry_interval   = \"1s\"",
        "",
        "# Nobody may call anybody before an intention says so.",
        "default_intention_policy = \"deny\"",
        "",
        "# They do not live long enough for it.",
        "performance { warm_up = false }",
        "",
        "ports {",
        "  http     = " + ports.http(),
        "  grpc_tls = " + ports.grpcTls(),
        "  server   = " + ports.server(),
        "  serf_lan = " + ports.serfLan(),
        "  serf_wan = -1",
        "  dns      = -1",
        "}",
        "");
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new DemoFailure("can't write " + file + ": " + e.getMessage(), null);
    }
  }

  String name() {
    return name;
  }

  List<DemoServer> servers() {
    return servers;
  }

  /** The leader, as one of the running servers sees it; empty while there is none. */
  Optional<DemoServer> leader() {
    for (DemoServer server : servers) {
      try {
        List<Value> peers =
            server
                .api()
                .get("/v1/operator/raft/configuration")
                .orFail()
                .json()
                .at("Servers")
                .items();
        Optional<DemoServer> leader =
            peers.stream()
                .filter(peer -> peer.at("Leader").truth())
                .flatMap(peer -> named(peer.at("Node").text()).stream())
                .findFirst();
        if (leader.isPresent()) {
          return leader;
        }
      } catch (ApiException e) {
        // It may be down, or start: the next one may answer.
      }
    }
    return Optional.empty();
  }

  /** The id by which the group knows a server. */
  String raftId(DemoServer server, DemoServer asked) {
    return asked
        .api()
        .get("/v1/operator/raft/configuration")
        .orFail()
        .json()
        .at("Servers")
        .items()
        .stream()
        .filter(peer -> peer.at("Node").text().equals(server.name()))
        .map(peer -> peer.at("ID").text())
        .findFirst()
        .orElseThrow(
            () -> new DemoFailure(server.name() + " is not in the group", asked.process()));
  }

  private Optional<DemoServer> named(String server) {
    return servers.stream().filter(candidate -> candidate.name().equals(server)).findFirst();
  }

  DemoServer other(DemoServer... than) {
    return servers.stream()
        .filter(server -> !List.of(than).contains(server))
        .findFirst()
        .orElseThrow();
  }
}
