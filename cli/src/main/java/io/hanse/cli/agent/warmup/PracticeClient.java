package io.hanse.cli.agent.warmup;

import io.hanse.http.server.HttpApi;
import io.hanse.http.server.LocalConnection;
import io.hanse.peering.replication.Loop;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of a practised cluster, by HTTP: its requests are written, and read again. */
final class PracticeClient implements AutoCloseable {
  private static final Pattern INDEX = Pattern.compile("(?i)X-Consul-Index: (\\d+)");

  private final String host;
  private final HttpApi api;
  private final LocalConnection connection;
  private final StringBuilder answer = new StringBuilder();

  PracticeClient(PracticeCluster cluster, Loop loop) {
    host = cluster.self();
    api = HttpApi.ofCatalog(cluster, cluster, host);
    connection = api.connect();
    cluster.onApplied(() -> loop.execute(this::turn));
  }

  /** Asks, once the last question is answered. */
  void ask(String method, String path, String body) {
    answer.setLength(0);
    String request =
        "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(method, path, host, body.length(), body);
    connection.send(request.getBytes(StandardCharsets.US_ASCII));
    turn();
  }

  private void turn() {
    answer.append(new String(connection.turn(), StandardCharsets.UTF_8));
  }

  /** Whether this is in what it was answered. */
  boolean hasHeard(String text) {
    return answer.indexOf(text) >= 0;
  }

  /** What the last answer is as of. */
  String index() {
    Matcher index = INDEX.matcher(answer);
    if (!index.find()) {
      throw new IllegalStateException("no index in what was heard: " + answer);
    }
    return index.group(1);
  }

  @Override
  public void close() {
    connection.close();
    api.close();
  }
}
