package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.check.LeaderTerms;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is alone has nobody who could lead in its place while it stands still. */
class PauseIT {
  /** Several election timeouts. */
  private static final long PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

  private static final long PATIENCE_SECONDS = 30;

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private URI key;

  @Test
  void shouldGoOnLeadingAloneAfterAPause() throws Exception {
    try (Cluster cluster = Cluster.start(Distribution.underTest(), folder, "dc1", 1)) {
      ServerProcess server = cluster.servers().get(0);
      key = server.http().resolve("/v1/kv/pause");
      write("0");
      // What follows from the first pause is seen by the end of the second.
      for (int round = 1; round <= 2; round++) {
        CompletableFuture<HttpResponse<String>> blocked = block(index());
        server.pause();
        LockSupport.parkNanos(PAUSE_NANOS);
        assertThat(blocked).isNotDone();
        server.resume();
        write(String.valueOf(round));

        HttpResponse<String> woken = blocked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(woken.statusCode()).isEqualTo(200);
        assertThat(woken.body()).isEqualTo(String.valueOf(round));
      }
      LeaderTerms terms = new LeaderTerms();
      terms.add(server.name(), server.said());
      assertThat(terms.electionsSince(0)).isEqualTo(1);
      assertThat(server.said())
          .as("streams of peers are there while it leads")
          .anyMatch(line -> line.contains("replication with peers begins"))
          .noneMatch(line -> line.contains("replication with peers ends"))
          .noneMatch(line -> line.contains("leader lost"));
    }
  }

  private void write(String value) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(key).PUT(BodyPublishers.ofString(value)).build();
    assertThat(http.send(request, BodyHandlers.ofString()).body().strip()).isEqualTo("true");
  }

  private long index() throws Exception {
    return http.send(HttpRequest.newBuilder(key).build(), BodyHandlers.ofString())
        .headers()
        .firstValueAsLong("X-Consul-Index")
        .orElseThrow();
  }

  private CompletableFuture<HttpResponse<String>> block(long index) {
    URI uri = URI.create(key + "?raw&wait=60s&index=" + index);
    return http.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
