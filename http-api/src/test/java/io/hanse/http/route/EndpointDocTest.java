package io.hanse.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.LocalCluster;
import io.hanse.http.MemoryAgent;
import io.hanse.http.MemoryPeerings;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.query.Reads;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.LeafCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** {@code docs/http-api.md} is the table of endpoints; {@code -Drewrite} writes it anew. */
class EndpointDocTest {
  private static final Path DOCUMENT = Path.of("../docs/http-api.md");
  private static final String INTRODUCTION =
      """
      # HTTP API

      Generated from `io.hanse.http.route.EndpointTable` by `EndpointDocTest` (`-Drewrite`).

      A path that ends in a slash is followed by a name. *Blocks* means that `index` (or `hash`) and
      `wait` hold the answer back until something has changed. *Needs* is the permission that a token
      will need; it is not checked yet.

      | Method | Path | Blocks | Needs | What |
      |---|---|---|---|---|
      """;

  @Test
  void shouldListEveryEndpoint() throws IOException {
    String document = document();
    if (System.getProperty("rewrite") != null) {
      Files.createDirectories(DOCUMENT.getParent());
      Files.writeString(DOCUMENT, document);
    }
    assertThat(DOCUMENT).content().isEqualTo(document);
  }

  private static String document() {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    table().stream()
        .sorted(Comparator.comparing(Endpoint::path))
        .forEach(
            endpoint ->
                endpoint
                    .operations()
                    .forEach(operation -> text.append(line(endpoint, operation)).append('\n')));
    return text.toString();
  }

  private static String line(Endpoint endpoint, Endpoint.Operation operation) {
    String blocks = operation.handler().isBlocking() ? "yes" : "";
    return String.format(
        "| %s | `%s` | %s | %s | %s |",
        operation.method(), endpoint.path(), blocks, operation.permission(), operation.summary());
  }

  private static List<Endpoint> table() {
    ScheduledExecutorService unused = Executors.newSingleThreadScheduledExecutor();
    try (LocalCluster cluster = new LocalCluster();
        Transfers transfers = new Transfers(Optional.empty());
        LeafCache leaves =
            new LeafCache(
                csr -> CompletableFuture.failedFuture(new IllegalStateException("no authority")),
                InstantSource.system(),
                unused)) {
      Endpoints endpoints =
          Endpoints.of(
              new Endpoints.Ports(
                  cluster,
                  cluster,
                  cluster,
                  cluster,
                  cluster,
                  cluster,
                  new MemoryAgent(),
                  cluster::renew,
                  () -> "",
                  new MemoryPeerings(cluster),
                  leaves,
                  new CaService(
                      CaSettings.defaults("dc1"),
                      cluster,
                      cluster,
                      () -> "",
                      InstantSource.system(),
                      unused),
                  Map.of()),
              "",
              transfers);
      return EndpointTable.all(endpoints, new Reads(cluster, Reads.Limits.DEFAULTS, false));
    } finally {
      unused.shutdownNow();
    }
  }
}
