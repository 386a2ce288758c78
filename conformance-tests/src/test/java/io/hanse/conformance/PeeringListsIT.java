package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.CommandRun;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is imported of which peer, over HTTP and by the command, while it comes and goes. */
class PeeringListsIT {
  private static final String PATH = "/v1/imported-services";
  private static final String ONE =
      "[{\"Service\":\"of-alpha\",\"SourcePeer\":\"beta-knows-alpha\"}]";

  @TempDir Path folder;

  private PeerCluster alpha;
  private PeerCluster beta;

  @BeforeEach
  void start() throws IOException {
    alpha = PeerCluster.start("alpha", Product.HANSE, folder);
    beta = PeerCluster.start("beta", Product.HANSE, folder);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(alpha).ifPresent(PeerCluster::close);
    Optional.ofNullable(beta).ifPresent(PeerCluster::close);
  }

  private Response read(String query) {
    try {
      return beta.home.send("GET", PATH + query, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Asks for what follows an answer, again and again, until it is this. Rows of the peering itself,
   * and names that are not listed, may wake it before.
   */
  private CompletableFuture<Response> awaitAfter(Response seen, String text) {
    return CompletableFuture.supplyAsync(
        () -> {
          Response next = seen;
          while (!next.text().equals(text)) {
            Response before = next;
            next = read("?wait=25s&index=" + before.index());
            assertThat(next.index()).as("woken, not timed out").isGreaterThan(before.index());
          }
          return next;
        });
  }

  /** One after which nothing has come for a while. */
  private Response steady() {
    return await()
        .atMost(PeerCluster.PATIENCE)
        .until(
            () -> {
              Response seen = read("");
              Response later = read("?wait=500ms&index=" + seen.index());
              return later.index() == seen.index() ? Optional.of(seen) : Optional.<Response>empty();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  private static String filter(String expression) {
    return "?filter=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
  }

  private CommandRun.Result command(String... flags) {
    String[] all = new String[flags.length + 3];
    all[0] = "services";
    all[1] = "imported-services";
    all[2] = "-http-addr=" + beta.home.at("http");
    System.arraycopy(flags, 0, all, 3, flags.length);
    return new CommandRun().run(all);
  }

  private void assertPrinted(String text, String... flags) {
    CommandRun.Result result = command(flags);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo(text);
    assertThat(result.exit()).isZero();
  }

  @Test
  void shouldListWhatIsImportedAndWakeWhenItChanges() throws IOException {
    PeerCluster.peer(alpha, beta);
    alpha.register();
    beta.awaitState(alpha, "ACTIVE");
    Response none = steady();
    assertThat(none.text()).isEqualTo("[]");
    for (String format : new String[] {"pretty", "json"}) {
      assertPrinted("No imported services found\n", "-format", format);
    }

    CompletableFuture<Response> coming = awaitAfter(none, ONE);
    beta.json("PUT", "/v1/kv/elsewhere", "change");
    assertThat(steady().index()).as("a change elsewhere").isEqualTo(none.index());
    assertThat(coming).isNotDone();
    alpha.export(beta);
    Response one = coming.join();
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.index()).isGreaterThan(none.index());

    assertThat(steady().text()).as("its sidecar's name is no user's service").isEqualTo(ONE);
    assertThat(read(filter("Service == \"of-alpha\"")).text()).isEqualTo(ONE);
    assertThat(read(filter("SourcePeer matches \"^beta-\"")).text()).isEqualTo(ONE);
    assertThat(read(filter("SourcePeer == \"alpha\"")).text()).isEqualTo("[]");
    assertThat(read(filter("Consumers is empty")).status()).isEqualTo(500);
    assertPrinted("Service   Source Peer\nof-alpha  beta-knows-alpha\n");
    assertPrinted(
        """
        [
            {
                "Service": "of-alpha",
                "SourcePeer": "beta-knows-alpha"
            }
        ]
        """,
        "-format=json");
    assertPrinted("No imported services found\n", "-filter", "Service == \"other\"");

    beta.awaitImport(alpha, "passing");
    CompletableFuture<Response> going = awaitAfter(steady(), "[]");
    alpha.json("DELETE", "/v1/config/exported-services/default", "");
    going.join();

    alpha.export(beta);
    awaitAfter(read(""), ONE).join();
    alpha.end(beta);
    awaitAfter(read(""), "[]").join();
  }
}
