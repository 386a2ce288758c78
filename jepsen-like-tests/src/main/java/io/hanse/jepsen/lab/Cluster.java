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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Servers of one cluster as real processes on loopback, with data in a folder of their own. */
public final class Cluster implements AutoCloseable {
  private static final int PORTS_PER_SERVER = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CALL = Duration.ofSeconds(2);
  private static final long POLL_MILLIS = 50;

  private final List<ServerProcess> servers;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CALL).build();

  private Cluster(List<ServerProcess> servers) {
    this.servers = List.copyOf(servers);
  }

  /** Starts a cluster and waits until it takes writes. */
  public static Cluster start(Distribution distribution, Path folder, String datacenter, int size)
      throws IOException, InterruptedException {
    List<Integer> ports = Ports.free(PORTS_PER_SERVER * size);
    List<ServerProcess> servers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Path own = Files.createDirectories(folder.resolve(datacenter + "-" + (i + 1)));
      Files.writeString(own.resolve("config.json"), config(own, datacenter, i, size, ports));
      servers.add(
          new ServerProcess(
              distribution,
              datacenter + "-" + (i + 1),
              own,
              ports.get(PORTS_PER_SERVER * i),
              ports.get(PORTS_PER_SERVER * i + 1)));
    }
    Cluster cluster = new Cluster(servers);
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

  private static String config(
      Path folder, String datacenter, int i, int size, List<Integer> ports) {
    String join =
        IntStream.range(0, size)
            .mapToObj(j -> "\"127.0.0.1:" + ports.get(PORTS_PER_SERVER * j + 2) + "\"")
            .collect(Collectors.joining(", "));
    return """
        {
          "node_name": "%s-%d",
          "datacenter": "%s",
          "data_dir": "%s",
          "server": true,
          "bootstrap_expect": %d,
          "bind_addr": "127.0.0.1",
          "client_addr": "127.0.0.1",
          "retry_join": [%s],
          "ports": {"http": %d, "server": %d, "serf_lan": %d, "grpc_tls": %d, "grpc": -1, "dns": -1, "serf_wan": -1}
        }
        """
        .formatted(
            datacenter,
            i + 1,
            datacenter,
            folder.resolve("data"),
            size,
            join,
            ports.get(PORTS_PER_SERVER * i),
            ports.get(PORTS_PER_SERVER * i + 1),
            ports.get(PORTS_PER_SERVER * i + 2),
            ports.get(PORTS_PER_SERVER * i + 3));
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

  /** Waits until every server that runs answers a consistent read. */
  public void awaitLeader() throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!allAnswer()) {
      for (ServerProcess server : servers) {
        if (!server.isRunning()) {
          throw new IOException("a server ended by itself\n" + server.tail());
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
    return servers.stream()
        .allMatch(
            server ->
                get(server.http().resolve("/v1/catalog/nodes?consistent"))
                    .filter(nodes -> nodes.contains("\"Node\""))
                    .isPresent());
  }

  private Optional<String> get(URI uri) {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(CALL).build();
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
