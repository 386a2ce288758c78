package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Server;
import io.hanse.http.ApiFixture;
import io.hanse.http.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of the state over HTTP, streamed both ways. */
class SnapshotApiIT {
  @TempDir Path folder;
  private ApiFixture fixture;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() {
    fixture = new ApiFixture(HttpSettings.DEFAULTS.withTransferFolder(folder));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private URI snapshot() {
    return URI.create("http://127.0.0.1:" + fixture.address.getPort() + "/v1/snapshot");
  }

  private HttpResponse<byte[]> save() throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(snapshot()).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<String> restore(byte[] archive) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(snapshot())
            .PUT(HttpRequest.BodyPublishers.ofByteArray(archive))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitNothingLeft() {
    await().atMost(Duration.ofSeconds(20)).until(() -> filesLeft() == 0);
  }

  @Test
  void shouldBringBackWhatWasSaved() throws Exception {
    String value = "x".repeat(100_000);
    for (int i = 0; i < 40; i++) {
      fixture.put("/v1/kv/before/" + i, value + i);
    }
    HttpResponse<byte[]> saved = save();
    assertThat(saved.statusCode()).isEqualTo(200);
    assertThat(saved.headers().firstValue("Content-Type")).hasValue("application/x-gzip");
    assertThat(saved.headers().firstValue("X-Consul-Knownleader")).hasValue("true");
    awaitNothingLeft();

    fixture.put("/v1/kv/after", "y");
    fixture.put("/v1/kv/before/0", "changed");
    HttpResponse<String> restored = restore(saved.body());
    assertThat(restored.body()).isEmpty();
    assertThat(restored.statusCode()).isEqualTo(200);

    assertThat(fixture.get("/v1/kv/after").status()).isEqualTo(404);
    assertThat(fixture.get("/v1/kv/before/0?raw").text()).isEqualTo(value + "0");
    assertThat(fixture.get("/v1/status/peers").text()).contains(":8300");
    awaitNothingLeft();
  }

  @Test
  void shouldAnswerWhoWaitsOverARestore() throws Exception {
    fixture.put("/v1/kv/a", "1");
    byte[] archive = save().body();
    fixture.put("/v1/kv/a", "2");
    long index = fixture.get("/v1/kv/a").index();
    try (RawClient waiting = new RawClient(fixture.address)) {
      waiting.send("GET", "/v1/kv/a?raw&wait=60s&index=" + index, Map.of(), null);
      await().until(() -> fixture.api.parkedCount() == 1);
      restore(archive);
      RawClient.Response answer = waiting.receive(false);
      assertThat(answer.text()).isEqualTo("1");
      assertThat(answer.index()).isGreaterThan(index);
      // Who asks only now learns of it at once.
      assertThat(fixture.get("/v1/kv/a?wait=60s&index=" + index).index()).isEqualTo(answer.index());
    }
  }

  /** It would stop at the last command of the restore. */
  @Test
  void shouldNotRestoreWhileAServerRunsAnOlderVersion() throws Exception {
    byte[] archive = save().body();
    Command.Builder write = Command.newBuilder();
    write.getWriteServerBuilder().setServer(Server.newBuilder().setRaftId("r2").setNode("node-2"));
    fixture.cluster.submit(write.build()).join();
    HttpResponse<String> refused = restore(archive);
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body())
        .contains("server \"node-2\" runs a version that cannot take part in a restore")
        .contains("hanse operator raft remove-peer -id r2");
  }

  @Test
  void shouldRefuseWhatIsNoArchiveAndChangeNothing() throws Exception {
    fixture.put("/v1/kv/a", "1");
    long index = fixture.get("/v1/kv/a").index();
    assertThat(restore(new byte[0]).body()).isEqualTo("failed to decompress snapshot: EOF");
    assertThat(restore("garbage".getBytes(java.nio.charset.StandardCharsets.UTF_8)).statusCode())
        .isEqualTo(500);
    byte[] archive = save().body();
    archive[archive.length / 2] ^= 8;
    assertThat(restore(archive).statusCode()).isEqualTo(500);
    assertThat(fixture.get("/v1/kv/a").index()).isEqualTo(index);
    awaitNothingLeft();
  }

  /** However the path is written, the same is done with it. */
  @Test
  void shouldTakeAnEscapedPathForWhatItMeans() throws Exception {
    byte[] archive = save().body();
    HttpResponse<String> restored =
        client.send(
            HttpRequest.newBuilder(URI.create(snapshot().toString().replace("snap", "%73nap")))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(archive))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(restored.body()).isEmpty();
    assertThat(restored.statusCode()).isEqualTo(200);
    awaitNothingLeft();

    HttpResponse<String> large =
        client.send(
            HttpRequest.newBuilder(snapshot().resolve("/v1/k%76/large"))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[600 << 10]))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(large.statusCode()).isEqualTo(413);
  }

  @Test
  void shouldForgetAnUploadThatIsBrokenOff() throws Exception {
    try (RawClient broken = new RawClient(fixture.address)) {
      broken.sendText(
          "PUT /v1/snapshot HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\nbegin");
      await().until(() -> filesLeft() > 0);
    }
    awaitNothingLeft();
  }

  @Test
  void shouldRefuseTheFifthUploadUntilOneHasEnded() throws Exception {
    byte[] archive = save().body();
    awaitNothingLeft();
    List<RawClient> sending = new ArrayList<>();
    try {
      for (String host : List.of("127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3")) {
        sending.add(beginUpload(host));
      }
      await().until(() -> filesLeft() == 4);

      HttpResponse<String> refused = restore(archive);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).startsWith("too many snapshots are saved or restored");
      assertThat(askToRestore()).isEqualTo(429);
      assertThat(filesLeft()).isEqualTo(4);

      sending.get(0).sendText("-end");
      assertThat(sending.get(0).receive(false).status()).isEqualTo(500);
      assertThat(restore(archive).statusCode()).isEqualTo(200);
      assertThat(askToRestore()).isEqualTo(100);
    } finally {
      for (RawClient client : sending) {
        client.close();
      }
    }
    awaitNothingLeft();
  }

  @Test
  void shouldRefuseTheThirdUploadOfOneAddress() throws Exception {
    byte[] archive = save().body();
    awaitNothingLeft();
    try (RawClient first = beginUpload("127.0.0.2");
        RawClient second = beginUpload("127.0.0.2")) {
      await().until(() -> filesLeft() == 2);
      try (RawClient third = beginUpload("127.0.0.2")) {
        third.sendText("-end");
        RawClient.Response refused = third.receive(false);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.text()).contains("by this address");
      }
      assertThat(restore(archive).statusCode()).isEqualTo(200);
      first.sendText("-end");
      second.sendText("-end");
      assertThat(first.receive(false).status()).isEqualTo(500);
      assertThat(second.receive(false).status()).isEqualTo(500);
    }
    awaitNothingLeft();
  }

  private RawClient beginUpload(String host) throws IOException {
    RawClient client = new RawClient(fixture.address, new InetSocketAddress(host, 0));
    client.sendText("PUT /v1/snapshot HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nbegin");
    return client;
  }

  /** Would send the body only once the server lets it come. */
  private int askToRestore() throws IOException {
    try (RawClient asking = new RawClient(fixture.address)) {
      asking.send("PUT", "/v1/snapshot", Map.of("Expect", "100-continue"), null);
      return asking.receive(false).status();
    }
  }

  private long filesLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      return left.count();
    }
  }

  @Test
  void shouldSetAQuota() {
    assertThat(fixture.put("/v1/operator/quota", "{\"RowsMax\":2,\"BytesMax\":100000}").text())
        .isEqualTo("true");
    assertThat(fixture.get("/v1/operator/quota").text()).contains("\"RowsMax\":2");
    fixture.put("/v1/kv/a", "1");
    fixture.put("/v1/kv/b", "1");
    RawClient.Response full = fixture.put("/v1/kv/c", "1");
    assertThat(full.status()).isEqualTo(429);
    assertThat(full.text()).contains("the state is full");
    fixture.exchange("DELETE", "/v1/kv/a", "");
    assertThat(fixture.put("/v1/kv/c", "1").text()).isEqualTo("true");
  }
}
