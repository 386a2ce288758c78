package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hanse.cli.CommandRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorRaftCommandsTest {
  @ParameterizedTest
  @CsvSource({
    "true, 10, 7, 3 commits",
    "true, 10, 9, 1 commit",
    // Asked a moment later than the leader.
    "true, 10, 12, 0 commits",
    // Nobody leads.
    "false, 182, 182, -",
  })
  void shouldSayHowFarAFollowerTrailsWhereItIsKnown(
      boolean leads, int leader, int follower, String trails) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] answer =
        "{\"Servers\":[{\"Node\":\"a\",\"Leader\":%s,\"LastIndex\":%d},{\"Node\":\"b\",\"LastIndex\":%d}]}"
            .formatted(leads, leader, follower)
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/v1/operator/raft/configuration",
        exchange -> {
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try {
      String out =
          new CommandRun()
              .with("HANSE_HTTP_ADDR", "127.0.0.1:" + server.getAddress().getPort())
              .run("operator", "raft", "list-peers", "-stale")
              .out();
      assertThat(out.lines().skip(2)).singleElement().asString().endsWith("  " + trails);
    } finally {
      server.stop(0);
    }
  }
}
