package io.hanse.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A system under load: how a server of it is started. */
enum Kind {
  HANSE,
  /** Another Hanse, to compare with. */
  BEFORE,
  ETCD,
  CONSUL,
  /** Of peered clusters: a Consul that exports and a Hanse that imports. */
  MIXED;

  /** The ports of a server: for clients, and those it uses among its own. */
  record Ports(int client, int peer, int gossip, int other) {}

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** Whether it has to be warm before it shows what it can. */
  boolean isJvm() {
    return this == HANSE || this == BEFORE;
  }

  List<String> command(String program, Path folder, int self, List<Ports> all) throws IOException {
    if (this == MIXED) {
      throw new IllegalArgumentException("no server is of two kinds");
    }
    Files.createDirectories(folder);
    return this == ETCD ? etcd(program, folder, self, all) : agent(program, folder, self, all);
  }

  private static List<String> etcd(String program, Path folder, int self, List<Ports> all) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      members.add("s" + i + "=http://127.0.0.1:" + all.get(i).peer());
    }
    String client = "http://127.0.0.1:" + all.get(self).client();
    String peer = "http://127.0.0.1:" + all.get(self).peer();
    return List.of(
        program,
        "--name=s" + self,
        "--data-dir=" + folder.resolve("data"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=" + String.join(",", members),
        "--initial-cluster-state=new",
        "--snapshot-count=100000",
        "--log-level=error");
  }

  private List<String> agent(String program, Path folder, int self, List<Ports> all)
      throws IOException {
    List<String> join = new ArrayList<>();
    all.forEach(ports -> join.add("\"127.0.0.1:" + ports.gossip() + "\""));
    Ports own = all.get(self);
    Path file = folder.resolve("config.hcl");
    Files.writeString(
        file,
        String.join(
            "\n",
            "node_name = \"s" + self + "\"",
            "server = true",
            "data_dir = \"" + folder.resolve("data") + "\"",
            "bootstrap_expect = " + all.size(),
            "bind_addr = \"127.0.0.1\"",
            "retry_join = [" + String.join(", ", join) + "]",
            "retry_interval = \"1s\"",
            "log_level = \"WARN\"",
            "performance { raft_multiplier = 1 }",
            this == CONSUL ? "connect { enabled = true }" : "",
            "limits { http_max_conns_per_client = 15000 }",
            "ports {",
            "  http = " + own.client(),
            "  server = " + own.peer(),
            "  serf_lan = " + own.gossip(),
            "  grpc_tls = " + own.other(),
            "  grpc = -1",
            "  serf_wan = -1",
            "  dns = -1",
            "}",
            ""));
    return List.of(program, "agent", "-config-file", file.toString());
  }
}
