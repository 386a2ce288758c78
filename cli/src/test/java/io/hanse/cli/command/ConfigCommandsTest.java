package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said beside the answer of a server that takes every entry. */
class ConfigCommandsTest {
  @TempDir private Path folder;
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/v1/config", "true");
    answer("/v1/peerings", "[{\"Name\":\"alpha\"}]");
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void answer(String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private Result write(String kind, String name) throws IOException {
    return write("{'Kind':'" + kind + "','Name':'" + name + "'}");
  }

  private Result write(String entry) throws IOException {
    Path file = folder.resolve("entry.json");
    Files.writeString(file, entry.replace('\'', '"'));
    return run("config", "write", file.toString());
  }

  private Result run(String... line) {
    return new CommandRun()
        .with("HANSE_HTTP_ADDR", "127.0.0.1:" + server.getAddress().getPort())
        .run(line);
  }

  private static String absent(String peer) {
    return "Warning: there is no peering \""
        + peer
        + "\" yet; near to it: alpha; mend the name, or establish the peering: hanse peering list"
        + " shows those that there are\n";
  }

  @Test
  void shouldWarnOfAPolicyForAPeeringThatIsNotThere() throws IOException {
    assertThat(write("peering", "alhpa"))
        .isEqualTo(new Result(0, "Config entry written: peering/alhpa\n", absent("alhpa")));
  }

  @Test
  void shouldSayNothingOfOneThatIsThereOrOfOtherKinds() throws IOException {
    assertThat(write("peering", "Alpha").err()).isEmpty();
    assertThat(write("peering", "*").err()).isEmpty();
    assertThat(write("service-defaults", "alhpa").err()).isEmpty();
  }

  @Test
  void shouldWarnOfPeersThatOtherKindsName() throws IOException {
    assertThat(
            write(
                "{'Kind':'exported-services','Name':'default','Services':[{'Name':'web',"
                    + "'Consumers':[{'Peer':'alpha'},{'Peer':'alpah'},{}]}]}"))
        .isEqualTo(
            new Result(0, "Config entry written: exported-services/default\n", absent("alpah")));
    assertThat(
            write(
                    "{'Kind':'service-resolver','Name':'web','Failover':{'*':{'Targets':"
                        + "[{'peer':'alpha'},{'peer':'alpa'}]}},'Meta':{'Peer':'zeta'}}")
                .err())
        .isEqualTo(absent("alpa"));
    assertThat(
            write(
                    "{'Kind':'service-intentions','Name':'web',"
                        + "'Sources':[{'Name':'*','Peer':'lapha'}]}")
                .err())
        .isEqualTo(absent("lapha"));
  }

  @Test
  void shouldWarnWhereAServiceIsExportedToNobody() {
    answer("/v1/config/exported-services", "{}");
    assertThat(run("services", "export", "-name", "web", "-consumer-peers", "alpha,alhpa"))
        .isEqualTo(
            new Result(
                0,
                "Successfully exported service \"web\" to cluster peers \"alpha,alhpa\"\n",
                absent("alhpa")));
  }
}
