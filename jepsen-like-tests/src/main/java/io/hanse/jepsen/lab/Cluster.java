package io.hanse.jepsen.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Servers of one cluster as real processes, with data in a folder of their own. */
public final class Cluster implements AutoCloseable {
  /** Here safety is judged; how fast servers come back beside busy clients is reported only. */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final Duration CALL = Duration.ofSeconds(2);
  private static final long POLL_MILLIS = 50;

  private final List<ServerProcess> servers;
  private final @Nullable Network network;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CALL).build();

  private Cluster(List<ServerProcess> servers, @Nullable Network network) {
    this.servers = List.copyOf(servers);
    this.network = network;
  }

  /** Starts a cluster on loopback and waits until it takes writes. */
  public static Cluster start(Distribution distribution, Path folder, String datacenter, int size)
      throws IOException, InterruptedException {
    return start(
        distribution, folder, datacenter, new Lab(Optional.empty(), Optional.empty()), size);
  }

  /** Starts a cluster in a lab, which stays the caller's. */
  public static Cluster start(
      Distribution distribution, Path folder, String datacenter, Lab lab, int size)
      throws IOException, InterruptedException {
    return start(distribution, folder, datacenter, lab, 0, size);
  }

  /**
   * Starts one of the clusters of a lab.
   *
   * @param first of the hosts of the lab's network, if it has one
   */
  public static Cluster start(
      Distribution distribution, Path folder, String datacenter, Lab lab, int first, int size)
      throws IOException, InterruptedException {
    List<Host> hosts =
        lab.network().isPresent()
            ? lab.network().get().hosts().subList(first, first + size)
            : Host.onLoopback(size);
    return start(distribution, folder, datacenter, hosts, lab);
  }

  private static Cluster start(
      Distribution distribution, Path folder, String datacenter, List<Host> hosts, Lab lab)
      throws IOException, InterruptedException {
    List<ServerProcess> servers = new ArrayList<>();
    for (Host host : hosts) {
      String name = datacenter + "-" + (servers.size() + 1);
      Path own = Files.createDirectories(folder.resolve(name));
      Files.writeString(own.resolve("config.json"), config(own, name, datacenter, host, hosts));
      Shim shim =
          lab.shimLibrary().isPresent()
              ? new Shim(
                  lab.shimLibrary().get(),
                  own.resolve("shim"),
                  own.resolve("data"),
                  new Platter(own.resolve("data"), own.resolve("platter")))
              : null;
      servers.add(new ServerProcess(distribution, name, own, host, shim));
    }
    Cluster cluster = new Cluster(servers, lab.network().orElse(null));
    try {
      for (ServerProcess server : servers) {
        server.start();
      }
      cluster.awaitLeader();
    } catch (IOException | InterruptedException e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** What an election was like, of which experiments are judged, servers say at DEBUG only. */
  private static String config(
      Path folder, String name, String datacenter, Host host, List<Host> all) {
    String join =
        all.stream()
            .map(each -> "\"" + each.address() + ":" + each.serfLan() + "\"")
            .collect(Collectors.joining(", "));
    return """
        {
          "node_name": "%s",
          "datacenter": "%s",
          "data_dir": "%s",
          "server": true,
          "bootstrap_expect": %d,
          "bind_addr": "%s",
          "client_addr": "%s",
          "retry_join": [%s],
          "raft_snapshot_threshold": 300,
          "log_level": "DEBUG",
          "ports": {"http": %d, "server": %d, "serf_lan": %d, "grpc_tls": %d, "grpc": -1, "dns": -1, "serf_wan": -1}
        }
        """
        .formatted(
            name,
            datacenter,
            folder.resolve("data"),
            all.size(),
            host.address(),
            host.address(),
            join,
            host.http(),
            host.server(),
            host.serfLan(),
            host.grpcTls());
  }

  /** What the servers are joined by, where it can be cut. */
  public Optional<Network> network() {
    return Optional.ofNullable(network);
  }

  public List<ServerProcess> servers() {
    return servers;
  }

  /** The leader, as far as the servers that run agree on one. */
  public Optional<ServerProcess> leader() {
    return servers.stream()
        .filter(ServerProcess::isRunning)
        .map(server -> get(server.http().resolve("/v1/status/leader")).orElse(""))
        .map(answer -> answer.replace("\"", "").strip())
        .flatMap(address -> servers.stream().filter(s -> s.raftAddress().equals(address)))
        .findFirst();
  }

  /**
   * Cuts the power of some servers at once.
   *
   * @param torn draws what reached their disks though nobody forced it
   * @return what was lost, for people
   */
  public List<String> cutPower(List<ServerProcess> victims, SplittableRandom torn)
      throws IOException, InterruptedException {
    for (ServerProcess victim : victims) {
      victim.shim().orElseThrow().cut();
    }
    List<String> losses = new ArrayList<>();
    for (ServerProcess victim : victims) {
      victim.kill();
    }
    for (ServerProcess victim : victims) {
      Shim shim = victim.shim().orElseThrow();
      losses.add(victim.name() + ": " + shim.platter().restore(torn));
      shim.turn(Shim.Disk.WELL, 0);
    }
    return losses;
  }

  /** Takes a server out of the group, at the leader. */
  public void remove(ServerProcess server) throws IOException {
    URI leader = leader().orElse(servers.get(0)).http();
    HttpRequest request =
        HttpRequest.newBuilder(leader.resolve("/v1/operator/raft/peer?id=" + server.nodeId()))
            .timeout(PATIENCE)
            .DELETE()
            .build();
    send(request);
  }

  /** Waits until every server answers a consistent read and has its vote. */
  public void awaitLeader() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!allAnswer() || !allVote()) {
      for (ServerProcess server : servers) {
        if (!server.isRunning()) {
          if (!server.mayEnd()) {
            throw new IOException("a server ended by itself\n" + server.tail());
          }
          server.start();
        }
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            "no leader after "
                + PATIENCE.toSeconds()
                + " s\n"
                + servers.stream().map(ServerProcess::tail).collect(Collectors.joining("\n")));
      }
      LockSupport.parkNanos(POLL_MILLIS * 1_000_000);
    }
  }

  private boolean allAnswer() {
    return servers.stream().allMatch(this::answers);
  }

  /** Whether a server answers a consistent read, which takes a majority. */
  public boolean answers(ServerProcess server) {
    return get(server.http().resolve("/v1/catalog/nodes?consistent"))
        .filter(nodes -> nodes.contains("\"Node\""))
        .isPresent();
  }

  /** Whether the group consists of these servers, as they are now, and no others. */
  private boolean allVote() {
    String group =
        get(servers.get(0).http().resolve("/v1/operator/raft/configuration"))
            .orElse("")
            .replace(" ", "");
    int voters = group.split("\"Voter\":true", -1).length - 1;
    return voters == servers.size()
        && servers.stream().allMatch(server -> group.contains("\"" + server.nodeId() + "\""));
  }

  private Optional<String> get(URI uri) {
    return send(HttpRequest.newBuilder(uri).timeout(CALL).build());
  }

  private Optional<String> send(HttpRequest request) {
    try {
      var response = http.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
  }
}
