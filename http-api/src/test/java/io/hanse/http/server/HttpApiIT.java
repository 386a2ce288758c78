package io.hanse.http.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.WithdrawImports;
import io.hanse.http.ApiFixture;
import io.hanse.http.RawClient;
import io.hanse.http.RawClient.Response;
import io.hanse.http.query.Reads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpApiIT {
  private static final String WEB =
      "{\"Node\":\"n1\",\"Address\":\"10.0.0.1\",\"Service\":{\"ID\":\"web1\",\"Service\":\"web\","
          + "\"Port\":80}}";

  private final ApiFixture fixture = new ApiFixture(HttpSettings.DEFAULTS);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void shouldShowWhatIsRegistered() {
    assertThat(fixture.put("/v1/catalog/register", WEB).text()).isEqualTo("true");
    Response service = fixture.get("/v1/catalog/service/web");
    assertThat(service.status()).isEqualTo(200);
    assertThat(service.text()).contains("\"ServiceID\":\"web1\",\"ServiceName\":\"web\"");
    assertThat(service.header("X-Consul-Knownleader")).isEqualTo("true");
    assertThat(service.header("X-Consul-Lastcontact")).isEqualTo("0");
    assertThat(service.header("X-Consul-Effective-Consistency")).isEqualTo("leader");
    assertThat(service.header("X-Consul-Default-Acl-Policy")).isEqualTo("allow");
    assertThat(service.header("Content-Type")).isEqualTo("application/json");
    assertThat(fixture.get("/v1/catalog/services").text()).isEqualTo("{\"web\":[]}");
  }

  @Test
  void shouldTakeAWriteOfWhatIsThereForDoneWhateverItComparesWith() {
    String entry = "{\"Kind\":\"service-defaults\",\"Name\":\"web\",\"Protocol\":\"http\"}";
    fixture.put("/v1/config", entry);
    assertThat(fixture.put("/v1/config?cas=1", entry).text()).isEqualTo("true");
    assertThat(fixture.put("/v1/config?cas=1", entry.replace("http", "grpc")).text())
        .isEqualTo("false");
    assertThat(fixture.get("/v1/config/service-defaults/web").text()).contains("\"http\"");
  }

  @Test
  void shouldSayNothingOfTheStateBeforeItIsLoaded() {
    fixture.cluster.beginLoading();
    CompletableFuture<Response> metrics =
        CompletableFuture.supplyAsync(() -> fixture.get("/v1/agent/metrics"));
    CompletableFuture<Response> self =
        CompletableFuture.supplyAsync(() -> fixture.get("/v1/agent/self"));
    for (int i = 0; i < 5; i++) {
      assertThat(fixture.get("/v1/status/leader").status()).isEqualTo(200);
    }
    assertThat(metrics).isNotDone();
    assertThat(self).isNotDone();
    fixture.cluster.endLoading();
    assertThat(metrics.join().status()).isEqualTo(200);
    assertThat(self.join().status()).isEqualTo(200);
    assertThat(fixture.get("/v1/agent/members").status()).isEqualTo(200);
  }

  @Test
  void shouldNameTheKeyOfASpanThatIsNoneWhereConsulHasNoWords() {
    Response token =
        fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"beta\",\"TTL\":\"10x\"}");
    assertThat(token.status()).isEqualTo(400);
    assertThat(token.text())
        .isEqualTo("Body decoding failed: TTL: time: unknown unit \"x\" in duration \"10x\"");
    String entry = "{\"Kind\":\"service-resolver\",\"Name\":\"x\",\"ConnectTimeout\":\"10x\"}";
    assertThat(fixture.put("/v1/config", entry).text())
        .as("as a Consul")
        .isEqualTo(
            "Request decoding failed: 1 error(s) decoding:\n\n* error decoding 'ConnectTimeout':"
                + " time: unknown unit \"x\" in duration \"10x\"");
  }

  @Test
  void shouldMarkWhatIsImportedAndWithdrawnWhereThatIsAskedFor() {
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"west\"}");
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"east\"}");
    for (String peer : List.of("east", "west")) {
      fixture.cluster.submit(imported(peer)).join();
    }
    fixture.cluster.submit(withdrawn("west")).join();
    String plain =
        "[{\"Service\":\"web\",\"SourcePeer\":\"east\"},{\"Service\":\"web\",\"SourcePeer\":\"west\"}]";
    assertThat(fixture.get("/v1/imported-services").text()).isEqualTo(plain);
    assertThat(fixture.get("/v1/imported-services?detail").text())
        .isEqualTo(plain.replace("\"west\"", "\"west\",\"Withdrawn\":true"));
  }

  private static Command imported(String peer) {
    CheckServiceNode.Builder web = CheckServiceNode.newBuilder();
    web.getNodeBuilder().setNode("n1").setAddress("10.0.0.1");
    web.getServiceBuilder().setId("web1").setService("web");
    return Command.newBuilder()
        .setReconcileImport(
            ReconcileImport.newBuilder().setPeer(peer).setService("web").addInstances(web))
        .build();
  }

  private static Command withdrawn(String peer) {
    return Command.newBuilder()
        .setWithdrawImports(WithdrawImports.newBuilder().setPeer(peer).setWithdrawn(true))
        .build();
  }

  @Test
  void shouldIndentWhereItIsAsked() {
    assertThat(fixture.get("/v1/catalog/datacenters?pretty").text())
        .isEqualTo("[\n    \"dc1\"\n]\n");
  }

  @Test
  void shouldHoldAReadBackUntilItChanges() {
    fixture.put("/v1/catalog/register", WEB);
    long index = fixture.get("/v1/health/service/web").index();
    CompletableFuture<Response> waiting =
        CompletableFuture.supplyAsync(
            () -> fixture.get("/v1/health/service/web?wait=20s&index=" + index));
    await().until(() -> fixture.api.parkedCount() == 1);
    fixture.put("/v1/catalog/register", WEB.replace("web1", "other").replace("web\"", "db\""));
    assertThat(waiting).isNotDone();
    fixture.put("/v1/catalog/register", WEB.replace("80", "81"));
    Response woken = waiting.join();
    assertThat(woken.text()).contains("\"Port\":81");
    assertThat(woken.index()).isGreaterThan(index);
    assertThat(fixture.api.parkedCount()).isZero();
  }

  /** One read of all must not take the memory of the process. */
  @Test
  void shouldRefuseAnAnswerThatIsTooMuch() {
    HttpSettings little =
        HttpSettings.DEFAULTS.withReads(Reads.Limits.DEFAULTS.withReadBytesMax(100_000));
    try (ApiFixture bounded = new ApiFixture(little)) {
      for (int i = 0; i < 20; i++) {
        bounded.put("/v1/kv/all/" + i, "x".repeat(10_000));
      }
      Response refused = bounded.get("/v1/kv/all?recurse");
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.text()).contains("ask for less at once");
      assertThat(bounded.get("/v1/kv/all/1?recurse").status()).isEqualTo(413);
      assertThat(bounded.get("/v1/kv/all/7?recurse").status()).isEqualTo(200);
      assertThat(bounded.get("/v1/kv/all?keys").status()).isEqualTo(200);
    }
  }

  @Test
  void shouldAnswerWithTheSameIndexWhenTheTimeIsOver() {
    fixture.put("/v1/kv/a", "1");
    long index = fixture.get("/v1/kv/a").index();
    Response late = fixture.get("/v1/kv/a?wait=50ms&index=" + index);
    assertThat(late.index()).isEqualTo(index);
    assertThat(late.status()).isEqualTo(200);
  }

  @Test
  void shouldWakeOnAKeyThatDidNotExist() {
    Response missing = fixture.get("/v1/kv/later");
    assertThat(missing.status()).isEqualTo(404);
    CompletableFuture<Response> waiting =
        CompletableFuture.supplyAsync(
            () -> fixture.get("/v1/kv/later?wait=20s&index=" + missing.index()));
    await().until(() -> fixture.api.parkedCount() == 1);
    fixture.put("/v1/kv/later", "x");
    assertThat(waiting.join().status()).isEqualTo(200);
  }

  @Test
  void shouldForgetTheReadOfAClientThatIsGone() throws IOException {
    fixture.put("/v1/kv/a", "1");
    long index = fixture.get("/v1/kv/a").index();
    try (RawClient client = new RawClient(fixture.address)) {
      client.send("GET", "/v1/kv/a?wait=60s&index=" + index, Map.of(), null);
      await().until(() -> fixture.cluster.watchCount() == 1);
    }
    await().until(() -> fixture.cluster.watchCount() == 0);
    assertThat(fixture.api.parkedCount()).isZero();
  }

  @Test
  void shouldAnswerPipelinedRequestsInOrder() throws IOException {
    try (RawClient client = new RawClient(fixture.address)) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        all.append("PUT /v1/kv/k HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
            .append(String.format("%03d", i))
            .append("GET /v1/kv/k?raw HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      client.sendText(all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.receive(false).text()).isEqualTo("true");
        assertThat(client.receive(false).text()).isEqualTo(String.format("%03d", i));
      }
    }
  }

  @Test
  void shouldRefuseABodyThatIsTooLargeAndGoOn() throws IOException {
    try (RawClient client = new RawClient(fixture.address)) {
      client.send("PUT", "/v1/kv/big", Map.of(), new byte[(512 << 10) + 1]);
      Response refused = client.receive(false);
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.text())
          .startsWith("Request body(524289 bytes) too large, max size: 524288 bytes.");
      client.send("PUT", "/v1/kv/fits", Map.of(), new byte[512 << 10]);
      assertThat(client.receive(false).text()).isEqualTo("true");
    }
  }

  @Test
  void shouldRefuseABodyBeforeItIsSentWhereTheClientWaits() throws IOException {
    try (RawClient client = new RawClient(fixture.address)) {
      client.sendText(
          "PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length:"
              + " 600000\r\n\r\n");
      assertThat(client.receive(false).status()).isEqualTo(413);
    }
    try (RawClient client = new RawClient(fixture.address)) {
      client.sendText(
          "PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
      assertThat(client.receive(false).status()).isEqualTo(100);
      client.sendText("v");
      assertThat(client.receive(false).text()).isEqualTo("true");
    }
  }

  @Test
  void shouldCloseTheConnectionOfWhoSpeaksNoHttp() throws IOException {
    try (RawClient client = new RawClient(fixture.address)) {
      client.sendText("\u0016\u0003\u0001 hello\r\n\r\n");
      assertThat(client.receive(false).status()).isEqualTo(400);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void shouldRefuseTheConnectionThatIsTooMany() throws IOException {
    int max = HttpSettings.Limits.DEFAULTS.connectionsPerClientMax();
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < max; i++) {
        RawClient client = new RawClient(fixture.address);
        clients.add(client);
        client.send("GET", "/v1/status/leader", Map.of(), null);
        assertThat(client.receive(false).status()).isEqualTo(200);
      }
      try (RawClient client = new RawClient(fixture.address)) {
        Response refused = client.receive(false);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.text()).contains("too many concurrent connections");
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
    await().until(() -> fixture.get("/v1/status/leader").status() == 200);
  }

  @Test
  void shouldCompressLargeAnswersForWhoAsksForIt() {
    for (int i = 0; i < 50; i++) {
      fixture.put("/v1/kv/key-" + i, "value");
    }
    Response compressed =
        fixture.exchange("GET", "/v1/kv/?recurse", Map.of("Accept-Encoding", "gzip"), "");
    assertThat(compressed.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(compressed.body()[0]).isEqualTo((byte) 0x1f);
    assertThat(fixture.get("/v1/kv/?recurse").header("Content-Encoding")).isEmpty();
  }

  @Test
  void shouldSayAtOnceThatThereIsNoLeader() {
    fixture.put("/v1/kv/a", "1");
    fixture.cluster.loseLeader();
    for (Response response :
        List.of(
            fixture.get("/v1/kv/a"), fixture.put("/v1/kv/a", "2"), fixture.get("/v1/peerings"))) {
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.text()).isEqualTo("No cluster leader");
    }
    Response stale = fixture.get("/v1/kv/a?stale");
    assertThat(stale.status()).isEqualTo(200);
    assertThat(stale.header("X-Consul-Knownleader")).isEqualTo("false");
    assertThat(stale.header("X-Consul-Lastcontact")).isEqualTo("60000");
    assertThat(fixture.get("/v1/status/leader").text()).isEqualTo("\"\"");
  }

  @Test
  void shouldRefuseByNameWhatItCannotDo() {
    Response refused = fixture.get("/v1/agent/service/web?merge-central-config");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text()).contains("\"merge-central-config\"");
  }

  @Test
  void shouldHoldAnAgentsServiceBackByItsHash() {
    fixture.put("/v1/agent/service/register", "{\"Name\":\"web\",\"Port\":1}");
    Response first = fixture.get("/v1/agent/service/web");
    String hash = first.header("X-Consul-Contenthash");
    assertThat(first.text()).contains("\"ContentHash\":\"" + hash + "\"");
    CompletableFuture<Response> waiting =
        CompletableFuture.supplyAsync(
            () -> fixture.get("/v1/agent/service/web?wait=20s&hash=" + hash));
    fixture.put("/v1/agent/service/register", "{\"Name\":\"web\",\"Port\":2}");
    assertThat(waiting.join().text()).contains("\"Port\":2");
  }

  @Test
  void shouldAnswerAPeeringThatIsNotThereWithoutAnIndex() {
    Response missing = fixture.get("/v1/peering/nope");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.headers()).doesNotContainKey("X-Consul-Index");
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"east\"}");
    Response stray =
        fixture.exchange(
            "POST",
            "/v1/peering/token",
            "{\"PeerName\":\"west\",\"ServerExternalAddresses\":[\"a:1\"],"
                + "\"ServerExternalAddressLabels\":{\"b:2\":\"vpn\"}}");
    assertThat(stray.status()).isEqualTo(400);
    assertThat(stray.text())
        .isEqualTo(
            "ServerExternalAddressLabels has a label for \"b:2\", which is not in"
                + " ServerExternalAddresses.");
    assertThat(fixture.get("/v1/peering/EAST").text()).contains("\"Name\":\"east\"");
    assertThat(new String(fixture.get("/v1/peerings").body(), UTF_8)).startsWith("[{");
  }

  @Test
  void shouldTellPeeringsAsStoredWithoutALeaderWhereThatIsAskedFor() {
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"east\"}");
    fixture.cluster.loseLeader();
    assertThat(fixture.get("/v1/peerings").status()).isEqualTo(500);
    for (String path : List.of("/v1/peerings?stale", "/v1/peering/east?stale&detail")) {
      Response stale = fixture.get(path);
      assertThat(stale.status()).as(path).isEqualTo(200);
      assertThat(stale.text()).contains("\"Name\":\"east\"");
    }
  }

  @Test
  void shouldCountTheMeshGatewaysByWhichPeersComeIn() {
    fixture.exchange("POST", "/v1/peering/token", "{\"PeerName\":\"east\"}");
    assertThat(fixture.get("/v1/peering/east?detail").text())
        .contains("\"MeshGateways\":0,\"MeshGatewaysPassing\":0");
    for (String status : List.of("passing", "critical")) {
      fixture.put(
          "/v1/catalog/register",
          "{\"Node\":\"gw-"
              + status
              + "\",\"Address\":\"10.0.0.9\",\"Service\":{\"Kind\":\"mesh-gateway\","
              + "\"Service\":\"edge\",\"Port\":8443},\"Check\":{\"Name\":\"up\",\"Status\":\""
              + status
              + "\",\"ServiceID\":\"edge\"}}");
    }
    assertThat(fixture.get("/v1/peering/east?detail").text())
        .contains("\"MeshGateways\":2,\"MeshGatewaysPassing\":1");
    assertThat(fixture.get("/v1/peering/east").text()).doesNotContain("MeshGateways");
  }
}
