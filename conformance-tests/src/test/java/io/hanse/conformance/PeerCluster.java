package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Recording;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A cluster of one server or several that is a peer of others, with a service of its own name. */
final class PeerCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final String name;
  final Product product;

  /** Who is asked, and what services are registered with; it did not lead if others could. */
  final AgentProcess home;

  private final List<AgentProcess> servers;

  private PeerCluster(String name, Product product, List<AgentProcess> servers) throws IOException {
    this.name = name;
    this.product = product;
    this.servers = servers;
    AgentProcess leader = leading(servers.get(0), servers).orElseThrow();
    home = servers.stream().filter(each -> each != leader).findFirst().orElse(leader);
  }

  private static Optional<AgentProcess> leading(AgentProcess asked, List<AgentProcess> servers)
      throws IOException {
    String address = asked.answer("GET", "/v1/status/leader", "").text();
    return servers.stream()
        .filter(each -> address.endsWith(":" + each.ports().get("server")))
        .findFirst();
  }

  /** One of one server. */
  static PeerCluster start(String name, Product product, Path folder) throws IOException {
    return start(name, product, folder, 1);
  }

  static PeerCluster start(String name, Product product, Path folder, int size) throws IOException {
    return start(name, product, product.program(), folder, size);
  }

  /** One of several servers that run a program of this version or of another. */
  static PeerCluster start(String name, Product product, Path program, Path folder, int size)
      throws IOException {
    List<Map<String, Integer>> ports =
        Stream.generate(AgentProcess::freePorts).limit(size).toList();
    Map<String, Object> configuration =
        Map.of(
            "datacenter",
            "dc-" + name,
            "bootstrap_expect",
            size,
            "retry_join",
            ports.stream().map(each -> "127.0.0.1:" + each.get("serf_lan")).toList(),
            "connect",
            Map.of("enabled", true),
            "performance",
            Map.of("raft_multiplier", 1));
    List<AgentProcess> servers = new ArrayList<>();
    try {
      launch(name, program, folder, ports, configuration, servers);
      PeerCluster started = new PeerCluster(name, product, servers);
      started.awaitCertificates();
      return started;
    } catch (IOException | RuntimeException | AssertionError e) {
      servers.forEach(AgentProcess::close);
      throw e;
    }
  }

  private static void launch(
      String name,
      Path program,
      Path folder,
      List<Map<String, Integer>> ports,
      Map<String, Object> configuration,
      List<AgentProcess> servers)
      throws IOException {
    int size = ports.size();
    for (int i = 0; i < size; i++) {
      String node = size == 1 ? name : name + "-" + i;
      String id = UUID.nameUUIDFromBytes(node.getBytes(StandardCharsets.UTF_8)).toString();
      servers.add(
          AgentProcess.launch(
              program, folder, new Recording.Agent(node, id, configuration), false, ports.get(i)));
    }
    servers.forEach(AgentProcess::awaitReady);
  }

  /** Has all servers ready for other clusters: a Consul leads before it has a certificate. */
  private void awaitCertificates() {
    await(name + "'s servers show certificates to other clusters")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              for (AgentProcess server : servers) {
                if (!showsCertificate(server)) {
                  return false;
                }
              }
              return true;
            });
  }

  private boolean showsCertificate(AgentProcess server)
      throws IOException, GeneralSecurityException {
    return PresentedLeaf.isShown(server.address("grpc_tls"), serverName());
  }

  /** Makes two clusters peers, by a token of the first. */
  static void peer(PeerCluster acceptor, PeerCluster dialer) throws IOException {
    dialer.establish(acceptor, acceptor.token(dialer));
  }

  /** Its name for a peer, which no other cluster has for anybody. */
  String callOf(PeerCluster peer) {
    return name + "-knows-" + peer.name;
  }

  /** The name that its servers are asked for by those of its peers. */
  String serverName() throws IOException {
    return "server.dc-" + name + ".peering." + trustDomain();
  }

  String trustDomain() throws IOException {
    return json("GET", "/v1/connect/ca/roots", "").at("TrustDomain").text();
  }

  String service() {
    return "of-" + name;
  }

  String token(PeerCluster peer) throws IOException {
    return json("POST", "/v1/peering/token", "{\"PeerName\":\"" + callOf(peer) + "\"}")
        .at("PeeringToken")
        .text();
  }

  /**
   * Also in the place of one that the other cluster has ended. A Consul forgets that one first: it
   * may end the next one as well, the moment it connects.
   */
  void establish(PeerCluster peer, String token) throws IOException {
    if (product == Product.CONSUL && stateOf(peer).equals("TERMINATED")) {
      end(peer);
      awaitState(peer, "");
    }
    Response response = tryToEstablish(peer, token);
    assertThat(response.status()).as(name + ": " + response.text()).isEqualTo(200);
  }

  Response tryToEstablish(PeerCluster peer, String token) throws IOException {
    return home.send(
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"" + callOf(peer) + "\",\"PeeringToken\":\"" + token + "\"}");
  }

  AgentProcess leader() throws IOException {
    return leading(home, servers).orElseThrow();
  }

  /** Takes its service out of use, or gives it back. */
  void maintain(boolean begins) throws IOException {
    json("PUT", "/v1/agent/service/maintenance/app?enable=" + begins, "");
  }

  /** Kills the server that leads, of several, but not home; it can be started again. */
  AgentProcess killLeader() throws IOException, InterruptedException {
    await(name + " is led by another than its home")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              boolean isOther = leader() != home;
              if (!isOther) {
                json("POST", "/v1/operator/raft/transfer-leader", "");
              }
              return isOther;
            });
    AgentProcess leader = leader();
    leader.kill();
    return leader;
  }

  /** Ends all servers, and starts them again with what they keep on disk. */
  void restart() throws IOException {
    stop();
    startAgain();
  }

  void stop() {
    servers.forEach(AgentProcess::close);
  }

  void startAgain() throws IOException {
    for (AgentProcess server : servers) {
      server.startAgain();
    }
    servers.forEach(AgentProcess::awaitReady);
    awaitCertificates();
  }

  List<AgentProcess> servers() {
    return List.copyOf(servers);
  }

  int size() {
    return servers.size();
  }

  /** Has a server come back at another address and other ports, while the others go on. */
  void move(int index, String address) throws IOException {
    AgentProcess server = servers.get(index);
    if (size() > 1) {
      product.leave(server);
    }
    server.close();
    server.moveTo(address, AgentProcess.freePorts());
    List<String> all = servers.stream().map(each -> each.at("serf_lan")).toList();
    for (AgentProcess each : servers) {
      each.join(all);
    }
    server.startAgain();
    server.awaitReady();
    await(name + " has all its voters again, and knows where they are")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> voters() == size() && known().equals(addresses()) && showsCertificate(server));
  }

  private long voters() throws IOException {
    return json("GET", "/v1/operator/raft/configuration", "").at("Servers").items().stream()
        .filter(each -> each.at("Voter").truth())
        .count();
  }

  /** What its catalog says of its servers: it tells peers of that. */
  private List<String> known() throws IOException {
    return json("GET", "/v1/catalog/service/consul", "").items().stream()
        .map(
            each ->
                each.at("Address").text() + ":" + each.at("ServiceMeta").at("grpc_tls_port").text())
        .sorted()
        .toList();
  }

  /** Has servers that come back vote soon: of a real Consul only after ten seconds otherwise. */
  void trustServersSoon() throws IOException {
    json(
        "PUT",
        "/v1/operator/autopilot/configuration",
        "{\"CleanupDeadServers\":true,\"LastContactThreshold\":\"200ms\","
            + "\"MaxTrailingLogs\":250,\"ServerStabilizationTime\":\"1s\"}");
  }

  /** Where other clusters reach its servers, sorted. */
  List<String> addresses() {
    return servers.stream().map(each -> each.at("grpc_tls")).sorted().toList();
  }

  Value json(String method, String path, String body) throws IOException {
    return home.answer(method, path, body);
  }

  void write(String configEntry) throws IOException {
    json("PUT", "/v1/config", configEntry);
  }

  void register() throws IOException {
    register(80, "{}");
  }

  void register(int port, String sidecar) throws IOException {
    json(
        "PUT",
        "/v1/agent/service/register",
        "{\"Name\":\""
            + service()
            + "\",\"ID\":\"app\",\"Address\":\"127.0.0.1\",\"Port\":"
            + port
            + ",\"Checks\":[{\"CheckID\":\"alive\",\"TTL\":\"1h\",\"Status\":\"passing\"}],"
            + "\"Connect\":{\"SidecarService\":"
            + sidecar
            + "}}");
  }

  /** Shows all services to one peer, and to no other. */
  void export(PeerCluster peer) throws IOException {
    write(
        "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[{\"Name\":\"*\","
            + "\"Consumers\":[{\"Peer\":\""
            + callOf(peer)
            + "\"}]}]}");
  }

  /** Empty if it has none. */
  String stateOf(PeerCluster peer) throws IOException {
    Response response = home.send("GET", "/v1/peering/" + callOf(peer), "");
    return response.status() == 404 ? "" : JsonText.parse(response.text()).at("State").text();
  }

  Value peering(PeerCluster peer) throws IOException {
    return json("GET", "/v1/peering/" + callOf(peer), "");
  }

  /** The roots by which it knows a peer's servers, and the callers behind them. */
  List<String> trustedRootsOf(PeerCluster peer) throws IOException {
    return peering(peer).at("PeerCAPems").items().stream().map(each -> each.text().trim()).toList();
  }

  /** Has its authority make a new root, and returns it; the old one is still trusted. */
  String rotateRoot() throws IOException {
    Value before = json("GET", "/v1/connect/ca/roots", "").at("ActiveRootID");
    json(
        "PUT",
        "/v1/connect/ca/configuration",
        "{\"Provider\":\"consul\",\"Config\":{\"PrivateKeyType\":\"ec\",\"PrivateKeyBits\":384}}");
    return await(name + " has a new root")
        .atMost(PATIENCE)
        .until(
            () ->
                json("GET", "/v1/connect/ca/roots", "").at("Roots").items().stream()
                    .filter(root -> !root.at("ID").equals(before))
                    .map(root -> root.at("RootCert").text().trim())
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The one check of the other one's service; empty if it has no instance. */
  String imported(PeerCluster peer) throws IOException {
    List<Value> instances =
        json("GET", "/v1/health/service/" + peer.service() + "?peer=" + callOf(peer), "").items();
    return instances.isEmpty()
        ? ""
        : instances.get(0).at("Checks").items().get(0).at("Status").text();
  }

  /** Of the other one's service, as the peer says. */
  String protocolOf(PeerCluster peer) throws IOException {
    return json("GET", "/v1/health/connect/" + peer.service() + "?peer=" + callOf(peer), "")
        .items()
        .get(0)
        .at("Service")
        .at("Connect")
        .at("PeerMeta")
        .at("Protocol")
        .text();
  }

  void end(PeerCluster peer) throws IOException {
    json("DELETE", "/v1/peering/" + callOf(peer), "");
  }

  void awaitState(PeerCluster peer, String state) {
    await(name + " has a peering that is " + state)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(stateOf(peer)).isEqualTo(state));
  }

  void awaitImport(PeerCluster peer, String status) {
    await(name + " has imported " + status)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(imported(peer)).isEqualTo(status));
  }

  @Override
  public void close() {
    stop();
  }
}
