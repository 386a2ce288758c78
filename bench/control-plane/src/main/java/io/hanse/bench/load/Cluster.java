package io.hanse.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The servers of a system, as processes in a folder of their own. */
final class Cluster implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int HTTP_OK = 200;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Kind kind;
  private final String program;
  private final Path folder;
  private final List<Kind.Ports> ports = new ArrayList<>();
  private final Process[] processes;
  private boolean isClosed;

  Cluster(Kind kind, String program, int size) throws IOException {
    this.processes = new Process[size];
    this.kind = kind;
    this.program = program;
    this.folder = Files.createTempDirectory("load-" + kind.label());
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < 4 * size; i++) {
      held.add(new ServerSocket(0));
    }
    int[] free = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    for (ServerSocket socket : held) {
      socket.close();
    }
    for (int i = 0; i < size; i++) {
      ports.add(new Kind.Ports(free[4 * i], free[4 * i + 1], free[4 * i + 2], free[4 * i + 3]));
    }
  }

  void start() throws IOException {
    for (int i = 0; i < processes.length; i++) {
      start(i);
    }
    await(() -> leader() >= 0, "a leader");
  }

  synchronized void start(int server) throws IOException {
    if (isClosed) {
      throw new IOException("the servers were ended");
    }
    Path home = folder.resolve("s" + server);
    ProcessBuilder builder = new ProcessBuilder(kind.command(program, home, server, ports));
    builder.redirectErrorStream(true).redirectOutput(home.resolve("log").toFile());
    processes[server] = builder.start();
  }

  int size() {
    return processes.length;
  }

  Kind kind() {
    return kind;
  }

  /** One's address for clients. */
  InetSocketAddress address(int server) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(server).client());
  }

  /** Where one takes streams of peers. */
  int tlsPort(int server) {
    return ports.get(server).other();
  }

  /** The index of a query's answer, as text. */
  String indexOf(int server, String path) {
    HttpRequest http =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + ports.get(server).client() + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return HTTP.send(http, HttpResponse.BodyHandlers.discarding())
          .headers()
          .firstValue("X-Consul-Index")
          .orElse("0");
    } catch (IOException e) {
      return "0";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Supplier<Wire> wires() {
    return kind == Kind.ETCD ? () -> new GrpcWire("127.0.0.1") : HttpWire::new;
  }

  /** Connections of so many lanes: HTTP carries one request each, gRPC many. */
  int connections(int lanes) {
    return kind == Kind.ETCD ? Math.min(4, lanes) : lanes;
  }

  /** The one that leads, or -1. */
  int leader() {
    for (int asked = 0; asked < processes.length; asked++) {
      if (processes[asked] != null && processes[asked].isAlive()) {
        int leader = kind == Kind.ETCD ? leads(asked) ? asked : -1 : leaderSeenBy(asked);
        if (leader >= 0) {
          return leader;
        }
      }
    }
    return -1;
  }

  int follower() {
    return (leader() + 1) % processes.length;
  }

  private int leaderSeenBy(int asked) {
    String text = get(asked, "/v1/status/leader");
    for (int i = 0; i < processes.length; i++) {
      if (text.equals("\"127.0.0.1:" + ports.get(i).peer() + "\"")) {
        return i;
      }
    }
    return -1;
  }

  private boolean leads(int server) {
    String text =
        run("etcdctl", "--endpoints=127.0.0.1:" + ports.get(server).client(), "endpoint", "status");
    String[] fields = text.split(", ", -1);
    return fields.length > 4 && fields[4].equals("true");
  }

  /** Whether a server takes writes, by itself or through the leader. */
  boolean writes(int server) {
    if (kind == Kind.ETCD) {
      return run("etcdctl", "--endpoints=127.0.0.1:" + ports.get(server).client(), "put", "a", "b")
          .startsWith("OK");
    }
    return send(server, Request.put("/v1/kv/probe", "b")).equals("true");
  }

  String get(int server, String path) {
    return send(server, Request.get(path));
  }

  String send(int server, Request request) {
    HttpRequest http =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + ports.get(server).client() + request.path()))
            .method(request.verb(), HttpRequest.BodyPublishers.ofByteArray(request.body()))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return HTTP.send(http, HttpResponse.BodyHandlers.ofString()).body().trim();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads an answer to its end.
   *
   * @return its length
   */
  long download(int server, String path) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + ports.get(server).client() + path);
    try (InputStream in = uri.toURL().openStream()) {
      return in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Sends a file, which may take long. */
  void upload(int server, String path, Path file) throws IOException {
    HttpRequest http =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(server).client() + path))
            .PUT(HttpRequest.BodyPublishers.ofFile(file))
            .timeout(PATIENCE)
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(http, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != HTTP_OK) {
        throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String run(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("ETCDCTL_API", "3");
      Process process = builder.start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      process.waitFor();
      return text;
    } catch (IOException | InterruptedException e) {
      return "";
    }
  }

  List<Long> pids() {
    return Arrays.stream(processes)
        .filter(process -> process != null && process.isAlive())
        .map(Process::pid)
        .toList();
  }

  long pid(int server) {
    return processes[server].pid();
  }

  void kill(int server) {
    processes[server].destroyForcibly();
  }

  void awaitEnd(int server) throws InterruptedException {
    processes[server].waitFor(10, TimeUnit.SECONDS);
  }

  static void await(Supplier<Boolean> condition, String what) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.get()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("waited in vain for " + what);
      }
      pause(50);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    isClosed = true;
    for (Process process : processes) {
      if (process != null) {
        process.destroyForcibly().onExit().join();
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
