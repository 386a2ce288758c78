package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Recording;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An importing cluster starts again while the exporting one is gone, back, or was never away. */
class ImporterRestartIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private AgentProcess exporter;
  private AgentProcess importer;

  @BeforeEach
  void start() {
    exporter = server("alpha", "e0000000-0000-4000-8000-000000000011");
    importer = server("beta", "e0000000-0000-4000-8000-000000000012");
  }

  @AfterEach
  void stop() {
    exporter.close();
    importer.close();
  }

  private AgentProcess server(String name, String nodeId) {
    return AgentProcess.start(
        AgentProcess.program(),
        folder,
        new Recording.Agent(
            name, nodeId, Map.of("datacenter", "dc-" + name, "bootstrap_expect", 1)),
        false);
  }

  @Test
  void shouldKnowHowLongThePeerHasBeenSilent() throws IOException {
    peer();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(imported()).isEqualTo(1));

    exporter.close();
    awaitSilence();
    Instant heard = lastConfirmed();

    importer.restart();
    awaitSilence();
    assertThat(Duration.between(lastConfirmed(), heard).abs())
        .as("the same sign of life, or one up to a sixth of the bound before it")
        .isLessThan(Duration.ofSeconds(15));

    exporter.restart();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lastConfirmed()).isAfter(heard.plusSeconds(12)));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(imported()).isEqualTo(1));
  }

  /** Nobody who is answered finds it missing, be it by what a server has read so far. */
  @Test
  void shouldServeAHealthyPeerThroughARestart() throws Exception {
    peer();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(imported()).isEqualTo(1));
    awaitConfirmed();

    try (Looks looks = new Looks()) {
      looks.awaitMore(10);
      importer.kill();
      importer.startAgain();
      importer.awaitReady();
      awaitConfirmed();
      looks.awaitMore(50);
      assertThat(looks.faults).isEmpty();
    }
    assertThat(detail().at("WithdrawnSince").text()).isEmpty();
  }

  private void awaitConfirmed() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Value peering = importer.answer("GET", "/v1/peering/alpha?detail", "");
              assertThat(peering.at("State").text()).isEqualTo("ACTIVE");
              assertThat(peering.at("Detail").at("ConfirmedImports").items())
                  .extracting(each -> each.at("ConfirmedAt").text())
                  .hasSize(1)
                  .doesNotContain("");
            });
  }

  /** Asks the importer all the time, also while it is away. */
  private final class Looks implements AutoCloseable {
    private static final String WITHDRAWN = "hanse_peering_withdrawn{";

    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    Looks() {
      thread.scheduleWithFixedDelay(this::look, 0, 20, TimeUnit.MILLISECONDS);
    }

    private void look() {
      try {
        for (String level : List.of("", "&stale")) {
          Response seen = importer.send("GET", "/v1/health/service/web?peer=alpha" + level, "");
          if (seen.status() == 200 && JsonText.parse(seen.text()).items().size() != 1) {
            faults.add("missing" + level + " after " + rounds + " rounds: " + seen.text());
          }
        }
        Response told = importer.send("GET", "/v1/agent/metrics?format=prometheus", "");
        told.text()
            .lines()
            .filter(line -> line.startsWith(WITHDRAWN) && !line.endsWith(" 0"))
            .forEach(faults::add);
        rounds.incrementAndGet();
      } catch (IOException | RuntimeException e) {
        // It is away, or went in the midst of an answer.
      }
    }

    void awaitMore(int count) {
      int wanted = rounds.get() + count;
      await().atMost(PATIENCE).until(() -> rounds.get() >= wanted);
    }

    @Override
    public void close() {
      thread.shutdown();
    }
  }

  private void peer() throws IOException {
    importer.answer(
        "PUT",
        "/v1/config",
        "{\"Kind\":\"peering\",\"Name\":\"*\",\"OnStale\":\"withdraw\",\"StaleAfter\":\"60s\"}");
    exporter.answer("PUT", "/v1/agent/service/register", "{\"Name\":\"web\",\"Port\":80}");
    exporter.answer(
        "PUT",
        "/v1/config",
        "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[{\"Name\":\"web\","
            + "\"Consumers\":[{\"Peer\":\"beta\"}]}]}");
    String token =
        exporter
            .answer("POST", "/v1/peering/token", "{\"PeerName\":\"beta\"}")
            .at("PeeringToken")
            .text();
    importer.answer(
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"alpha\",\"PeeringToken\":\"" + token + "\"}");
  }

  private int imported() throws IOException {
    return importer.answer("GET", "/v1/health/service/web?peer=alpha", "").items().size();
  }

  private Value detail() throws IOException {
    return importer.answer("GET", "/v1/peering/alpha?detail", "").at("Detail");
  }

  private Instant lastConfirmed() throws IOException {
    return Instant.parse(detail().at("LastConfirmed").text());
  }

  private void awaitSilence() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(silence()).isGreaterThan(Duration.ofSeconds(6)));
  }

  /** What is less than a second is none. */
  private Duration silence() throws IOException {
    String text = detail().at("Silence").text();
    boolean isShort = text.isEmpty() || text.endsWith("ms") || text.endsWith("µs");
    return isShort ? Duration.ZERO : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }
}
