package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Recording;
import io.hanse.conformance.replay.Subject;
import io.hanse.http.RawClient;
import io.hanse.http.RawClient.Response;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** An agent of the built distribution, as a process of its own on free ports of loopback. */
final class AgentProcess implements Subject {
  private static final List<String> PORTS =
      List.of("http", "grpc", "grpc_tls", "serf_lan", "serf_wan", "server");
  private static final String LOOPBACK = "127.0.0.1";
  private static final String CONFIGURATION = "agent.json";
  private static final Duration START_MAX = Duration.ofSeconds(60);
  private static final long STOP_SECONDS_MAX = 10;
  private static final long END_SECONDS_MAX = 30;

  private final String name;
  private final Path home;
  private final ProcessBuilder builder;
  private Map<String, Object> configuration;
  private Map<String, Integer> ports;
  private Process process;

  private AgentProcess(
      String name,
      Path home,
      ProcessBuilder builder,
      Map<String, Object> configuration,
      Map<String, Integer> ports)
      throws IOException {
    this.name = name;
    this.home = home;
    this.builder = builder;
    this.configuration = configuration;
    this.ports = ports;
    configure();
    process = builder.start();
  }

  /** The program of the distribution that was built; the build says where that is. */
  static Path program() {
    return Path.of(System.getProperty("hanse.home"), "bin", "hanse").toAbsolutePath().normalize();
  }

  /** Starts one, and waits until it leads, has an authority and is in its own catalog. */
  static AgentProcess start(Path bin, Path folder, Recording.Agent agent, boolean isDev) {
    AgentProcess started = launch(bin, folder, agent, isDev, freePorts());
    started.awaitReady();
    return started;
  }

  /** Starts one, and waits for nothing. */
  static AgentProcess launch(
      Path bin, Path folder, Recording.Agent agent, boolean isDev, Map<String, Integer> ports) {
    return launch(bin, folder, agent, isDev, ports, "");
  }

  /** Starts one whose JVM has flags besides, and waits for nothing. */
  static AgentProcess launch(
      Path bin,
      Path folder,
      Recording.Agent agent,
      boolean isDev,
      Map<String, Integer> ports,
      String jvmFlags) {
    try {
      Path home = Files.createTempDirectory(folder, agent.name());
      List<String> command = new ArrayList<>(List.of(bin.toString(), "agent"));
      if (isDev) {
        command.add("-dev");
      }
      command.addAll(List.of("-config-file", home.resolve(CONFIGURATION).toString()));
      File log = home.resolve("log").toFile();
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
      // It does not live long enough to earn back what the optimising compiler costs.
      builder.environment().put("HANSE_JVM_FLAGS", "-XX:TieredStopAtLevel=1 " + jvmFlags);
      return new AgentProcess(
          agent.name(), home, builder, configuration(agent, isDev, home), ports);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it and starts it again with all that it keeps on disk. */
  void restart() throws IOException {
    close();
    startAgain();
    awaitReady();
  }

  /** Starts it after its end, and waits for nothing. */
  void startAgain() throws IOException {
    process = builder.start();
  }

  /** After its end: what it keeps on disk is from now on another program's. */
  void upgrade(Path program) {
    builder.command().set(0, program.toString());
  }

  /** Ends it as a failure would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Tells it to end, and waits for nothing. */
  void terminate() {
    process.destroy();
  }

  String name() {
    return name;
  }

  /** Waits until it ends by itself, and returns with what. */
  int awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)).as(name + " ends").isTrue();
    return process.exitValue();
  }

  /** Waits until it knows a leader, an authority and itself. */
  void awaitReady() {
    await().atMost(START_MAX).ignoreExceptions().until(() -> !process.isAlive() || isReady(name));
    if (!process.isAlive()) {
      throw new IllegalStateException("the agent ended at its start: " + log());
    }
  }

  /** All that it has said since its first start. */
  String log() {
    try {
      return Files.readString(builder.redirectOutput().file().toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Integer> freePorts() {
    FreePorts free = FreePorts.choose(PORTS.size());
    Map<String, Integer> ports = new TreeMap<>();
    PORTS.forEach(name -> ports.put(name, free.next()));
    return ports;
  }

  private static Map<String, Object> configuration(
      Recording.Agent agent, boolean isDev, Path home) {
    Map<String, Object> all = new TreeMap<>(agent.configuration());
    all.put("node_name", agent.name());
    all.put("node_id", agent.nodeId());
    all.put("bind_addr", LOOPBACK);
    all.put("client_addr", LOOPBACK);
    if (!isDev) {
      all.put("data_dir", home.resolve("data").toString());
      all.put("server", true);
    }
    return all;
  }

  private void configure() throws IOException {
    Map<String, Object> all = new TreeMap<>(configuration);
    // No agent here answers DNS; a real Consul would want its usual port.
    Map<String, Integer> numbers = new TreeMap<>(ports);
    numbers.put("dns", -1);
    all.put("ports", numbers);
    Files.writeString(home.resolve(CONFIGURATION), json(all));
  }

  /**
   * After its end: what it keeps on disk is from now on found at another address and other ports.
   */
  void moveTo(String address, Map<String, Integer> otherPorts) throws IOException {
    configuration = new TreeMap<>(configuration);
    configuration.put("bind_addr", address);
    configuration.put("client_addr", address);
    ports = otherPorts;
    configure();
  }

  /** After its end: whom it looks for when it starts again. */
  void join(List<String> addresses) throws IOException {
    configure("retry_join", addresses);
  }

  /** After its end: what it is told when it starts again. */
  void configure(String key, Object value) throws IOException {
    configuration = new TreeMap<>(configuration);
    configuration.put(key, value);
    configure();
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> "\"" + entry.getKey() + "\":" + json(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(AgentProcess::json).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }

  private boolean isReady(String node) throws IOException {
    Response leader = get("/v1/status/leader");
    Response roots = get("/v1/connect/ca/roots");
    Response self = get("/v1/catalog/node/" + node);
    return leader.text().length() > 2
        && roots.text().replace(" ", "").contains("\"Active\":true")
        && self.text().contains("lan_ipv4")
        && self.text().replace(" ", "").contains("\"Service\":\"consul\"");
  }

  Response send(String method, String path, String body) throws IOException {
    return RawClient.exchange(
        http(), method, path, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** The body of an answer that has to be a success. */
  Value answer(String method, String path, String body) throws IOException {
    Response response = send(method, path, body);
    assertThat(response.status()).as(name + ": " + response.text()).isEqualTo(200);
    return response.text().isEmpty() ? Value.nothing() : JsonText.parse(response.text());
  }

  private Response get(String path) throws IOException {
    return RawClient.exchange(http(), "GET", path, Map.of(), null);
  }

  @Override
  public InetSocketAddress http() {
    return address("http");
  }

  /** Where it listens for what. */
  InetSocketAddress address(String port) {
    return new InetSocketAddress(configuration.get("client_addr").toString(), ports.get(port));
  }

  /** Whether it takes connections there: it answers HTTP before it needs all of its ports. */
  boolean accepts(String port) throws IOException {
    try (Socket socket = new Socket(http().getAddress(), ports.get(port))) {
      return socket.isConnected();
    }
  }

  /** Where it listens for what, as others write it. */
  String at(String port) {
    return configuration.get("client_addr") + ":" + ports.get(port);
  }

  @Override
  public Map<String, Integer> ports() {
    return ports;
  }

  @Override
  public void close() {
    stop(process);
  }

  /** Lets a process end by itself, and ends it if it does not. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
