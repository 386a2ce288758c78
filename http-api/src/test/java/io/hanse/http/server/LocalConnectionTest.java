package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.LocalCluster;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalConnectionTest {
  private final LocalCluster cluster = new LocalCluster();
  private final HttpApi api = HttpApi.ofCatalog(cluster, cluster, "dc1");
  private final LocalConnection connection = api.connect();

  @AfterEach
  void close() {
    connection.close();
    api.close();
    cluster.close();
  }

  private String ask(String method, String path, String body) {
    connection.send(
        "%s %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(method, path, body.length(), body)
            .getBytes(StandardCharsets.US_ASCII));
    return turn();
  }

  private String turn() {
    return new String(connection.turn(), StandardCharsets.UTF_8);
  }

  private String register(int port) {
    return ask(
        "PUT",
        "/v1/catalog/register",
        """
        {"Node":"n1","Address":"10.0.0.1","Service":{"Service":"web","Port":%d}}
        """
            .formatted(port));
  }

  @Test
  void shouldAnswerAQueryThatWaitsOnceItIsRun() {
    assertThat(register(80)).startsWith("HTTP/1.1 200").endsWith("true");
    String seen = ask("GET", "/v1/health/service/web", "");
    assertThat(seen).startsWith("HTTP/1.1 200").contains("\"Port\":80");
    String index = seen.replaceAll("(?s).*X-Consul-Index: (\\d+).*", "$1");

    try (LocalConnection waiting = api.connect()) {
      waiting.send(
          ("GET /v1/health/service/web?index=" + index + " HTTP/1.1\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      assertThat(waiting.turn()).isEmpty();
      register(81);
      assertThat(new String(waiting.turn(), StandardCharsets.UTF_8)).contains("\"Port\":81");
    }
  }

  @Test
  void shouldServeNothingButTheCatalog() {
    assertThat(ask("GET", "/v1/kv/key", "")).startsWith("HTTP/1.1 404");
  }
}
