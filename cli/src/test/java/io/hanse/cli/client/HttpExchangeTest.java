package io.hanse.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client makes of the bytes that come back. */
class HttpExchangeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK;Content-Length: 2;;ab!, 200, ab",
    "200 OK;content-length:2;;ab, 200, ab",
    "404 Not Found;;gone, 404, gone",
    "200 OK;Transfer-Encoding: chunked;;1;a;2;bc;0;;, 200, abc",
    "100 Continue;;HTTP/1.1 200 OK;Content-Length: 1;;a, 200, a",
    "204 No Content;;, 204, ''",
    "301;Location: /x;Content-Length: 0;;, 301, ''"
  })
  void shouldReadEachFormOfAnAnswer(String answer, int status, String body) throws Exception {
    HttpExchange.Answer read = exchange("HTTP/1.1 " + wire(answer), "/v1/x", Map.of());
    assertThat(read.status()).isEqualTo(status);
    assertThat(new String(read.body(), StandardCharsets.UTF_8)).isEqualTo(body);
  }

  @ParameterizedTest
  @CsvSource({
    "'', EOF",
    "SSH-2.0-x;;, malformed HTTP response",
    "HTTP/1.1 abc;;, malformed HTTP status code",
    "HTTP/1.1 200 OK;Content-Length: 9;;ab, unexpected EOF",
    "HTTP/1.1 200 OK;Content-Length: 999999999;;ab, is larger than",
    "HTTP/1.1 200 OK;Content-Length: -1;;ab, bad Content-Length",
    "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;zz;a;, invalid chunk length",
    "HTTP/1.1 200 OK;Transfer-Encoding: chunked;;1;ab;, malformed chunked encoding",
    "HTTP/1.1 200 OK;no header;;, malformed HTTP header"
  })
  void shouldSayWhatIsWrongWithAnAnswer(String answer, String problem) {
    assertThatThrownBy(() -> exchange(wire(answer), "/v1/x", Map.of()))
        .hasMessageContaining(problem);
  }

  @Test
  void shouldSendWhatWasAskedForAndNothingSmuggled() throws Exception {
    CompletableFuture<String> heard = serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    try (HttpExchange exchange = open()) {
      exchange.send("PUT", "/v1/kv/a", "h:1", Map.of("X-Consul-Token", "t"), body("xyz"));
    }
    assertThat(heard.join())
        .isEqualTo(
            "PUT /v1/kv/a HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\nX-Consul-Token: t\r\n"
                + "Content-Length: 3\r\n\r\nxyz");
    assertThatThrownBy(
            () -> exchange("", "/v1/x", Map.of("X-Consul-Token", "a\r\nX-Other: geheim")))
        .hasMessageContaining("invalid header field value for \"X-Consul-Token\"")
        .hasMessageNotContaining("geheim");
  }

  private static Optional<HttpExchange.Content> body(String text) {
    return Optional.of(HttpExchange.Content.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String wire(String lines) {
    return lines.replace(";", "\r\n");
  }

  private HttpExchange open() throws IOException {
    ServerAddress address = ServerAddress.parse("127.0.0.1:" + server.getLocalPort(), false);
    return HttpExchange.open(address, Optional.empty(), PATIENCE, PATIENCE);
  }

  private HttpExchange.Answer exchange(String answer, String target, Map<String, String> headers)
      throws IOException {
    serve(answer);
    try (HttpExchange exchange = open()) {
      return exchange.send("GET", target, "test", headers, Optional.empty());
    }
  }

  /** Answers one connection, and tells what it heard. */
  private CompletableFuture<String> serve(String answer) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Socket client = server.accept()) {
            client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            InputStream in = client.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  /** As Go's client says it, where https is meant and the port speaks http. */
  @Test
  void shouldSayThatAServerSpeaksNoTls() throws Exception {
    serve("HTTP/1.1 400 Bad Request\r\n\r\n");
    ApiClient client = ApiClient.of("https://127.0.0.1:" + server.getLocalPort());
    assertThatThrownBy(() -> client.get("/v1/peerings"))
        .hasMessageEndingWith(": http: server gave HTTP response to HTTPS client");
  }
}
