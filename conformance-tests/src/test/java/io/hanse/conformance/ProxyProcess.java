package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.JsonText;
import io.hanse.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A gateway or a sidecar of a cluster, of the cluster's product. */
final class ProxyProcess implements AutoCloseable {

  /** Its own bound. */
  private static final long STOP_SECONDS_MAX = 30;

  /** All names of the mesh end so. */
  private static final String TRUST_DOMAIN = ".consul";

  /** Of an Envoy: cluster, address, and how many it has made to it. */
  private static final Pattern CONNECTIONS = Pattern.compile("^(.*?)::.*::cx_total::(\\d+)$");

  private final Product product;
  private final String name;
  private final int adminPort;
  private final ProcessBuilder builder;
  private Process process;

  /** Starts one by the words that its product wants, and waits until it is ready. */
  ProxyProcess(PeerCluster cluster, String role, List<String> words, Path folder)
      throws IOException {
    product = cluster.product;
    name = cluster.name + "'s " + role;
    adminPort = FreePorts.choose(1).next();
    List<String> command = new ArrayList<>(List.of(product.program().toString()));
    command.addAll(words);
    command.add("-http-addr=127.0.0.1:" + cluster.home.http().getPort());
    command.add("-admin-bind=127.0.0.1:" + adminPort);
    builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    folder.resolve(cluster.name + "-" + role + ".log").toFile()));
    builder.environment().put("HANSE_JVM_FLAGS", "-XX:TieredStopAtLevel=1");
    builder.environment().put("TMPDIR", folder.toString());
    process = builder.start();
    awaitReady();
  }

  /** Ends it as a failure would; it can be started again. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** It begins to leave. */
  void tellToEnd() {
    process.destroy();
  }

  /** Tells it to end, and waits until it has. Answers how long that took. */
  Duration stop() throws InterruptedException {
    long begun = System.nanoTime();
    tellToEnd();
    assertThat(process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)).as(name + " ends").isTrue();
    assertThat(process.exitValue()).as(name + " ends in order").isZero();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  void startAgain() throws IOException {
    process = builder.start();
    awaitReady();
  }

  private void awaitReady() {
    await(name + " is ready")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .until(() -> RawClient.exchange(admin(), "GET", "/ready", Map.of(), null).status() == 200);
  }

  /** How many connections to a name it has made since its start. */
  long relayed(String serverName) throws IOException {
    return relayed(serverName::equals);
  }

  /** How many connections it has made for others since its start, whatever they asked for. */
  long relayed() throws IOException {
    return relayed(name -> name.endsWith(TRUST_DOMAIN));
  }

  private long relayed(Predicate<String> serverName) throws IOException {
    if (product == Product.HANSE) {
      return JsonText.parse(get("/status")).at("routes").items().stream()
          .filter(route -> serverName.test(route.at("name").text()))
          .mapToLong(route -> route.at("connections").whole())
          .sum();
    }
    return get("/clusters")
        .lines()
        .map(CONNECTIONS::matcher)
        .filter(line -> line.matches() && serverName.test(line.group(1)))
        .mapToLong(line -> Long.parseLong(line.group(2)))
        .sum();
  }

  private String get(String path) throws IOException {
    return RawClient.exchange(admin(), "GET", path, Map.of(), null).text();
  }

  private InetSocketAddress admin() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort);
  }

  @Override
  public void close() {
    AgentProcess.stop(process);
  }
}
