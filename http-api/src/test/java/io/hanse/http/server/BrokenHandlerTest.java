package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.LocalCluster;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Handler;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.route.Endpoint;
import io.hanse.http.route.Router;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An error, as of a class that can't be loaded or a stack that is used up, is answered, too. */
class BrokenHandlerTest {
  private final LocalCluster cluster = new LocalCluster();
  private final Transfers transfers = new Transfers(Optional.empty());
  private final HttpServer server =
      new HttpServer(
          HttpSettings.DEFAULTS,
          new Dispatcher(
              new Router(
                  List.of(
                      at("/handled", call -> breakOff()),
                      at(
                          "/encoded",
                          call ->
                              CompletableFuture.completedFuture(Answer.json(out -> breakOff()))),
                      at("/well", call -> CompletableFuture.completedFuture(Answer.ok())))),
              HttpSettings.DEFAULTS,
              "dc1",
              new LoadedState(cluster, Duration.ofSeconds(1))),
          transfers,
          1);
  private final LocalConnection connection = new LocalConnection(server);

  @AfterEach
  void close() {
    connection.close();
    server.close();
    transfers.close();
    cluster.close();
  }

  private static Endpoint at(String path, Handler handler) {
    return new Endpoint(
        path,
        Endpoint.Scope.AGENT,
        List.of(new Endpoint.Operation("GET", "-", handler, "")),
        false);
  }

  private static CompletableFuture<Answer> breakOff() {
    throw new NoClassDefFoundError("a class that nobody missed");
  }

  private String get(String path) {
    connection.send(("GET " + path + " HTTP/1.1\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    return new String(connection.turn(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldAnswerWhereAnErrorEndsTheHandling() {
    assertThat(get("/handled")).startsWith("HTTP/1.1 500").endsWith("internal error");
    assertThat(get("/well")).startsWith("HTTP/1.1 200");
  }

  /** Its client would wait, and the connection be taken, for ever. */
  @Test
  void shouldAnswerWhereAnErrorEndsTheEncoding() {
    assertThat(get("/encoded")).startsWith("HTTP/1.1 500").endsWith("internal error");
    assertThat(get("/well")).startsWith("HTTP/1.1 200");
  }
}
